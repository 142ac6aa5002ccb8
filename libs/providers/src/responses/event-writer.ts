import { type JsonRecord, withEscapedLineEnds } from '../json-record';

/** One event of a stream of Responses: its name and its data as JSON text. */
export interface ResponseEvent {
  event: string;
  data: string;
}

/** Numbers the events of one stream: `sequence_number` counts from 0 without gaps. */
export class EventWriter {
  #next = 0;

  /** @see https://platform.openai.com/docs/api-reference/responses-streaming */
  event(type: string, members: JsonRecord): ResponseEvent {
    const data = JSON.stringify({ type, sequence_number: this.#next++, ...members });
    return { event: type, data: withEscapedLineEnds(data) };
  }

  /** @param members JSON text of the event's other members, without braces and with escaped line ends */
  written(type: string, members: string): ResponseEvent {
    return { event: type, data: `{"type":"${type}","sequence_number":${this.#next++},${members}}` };
  }

  /** An event with the whole response. @param response JSON text */
  ofResponse(type: string, response: string): ResponseEvent {
    const data = `{"type":"${type}","sequence_number":${this.#next++},"response":${response}}`;
    return { event: type, data: withEscapedLineEnds(data) };
  }
}
