import { isRecord, type JsonRecord, parseJson } from '../../json-record';
import type { Reply, SseEvent, StreamChunk, StreamDecoder, UpstreamCall } from '../../translator';
import { errorOfEvent, errorOfResponse } from '../responses/response-errors';
import { ResponseAnswer } from './response-answer';

const NOT_JSON = JSON.stringify({
  error: {
    message: 'The upstream sent an event that is not a JSON object.',
    type: 'upstream_error',
    param: null,
    code: 'upstream_error',
  },
});

/**
 * Reads the events of a stream of Responses as chunks of chat completions. Events that are not known are skipped.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponseChunks implements StreamDecoder {
  private readonly answer: ResponseAnswer;
  private hasEnded = false;

  constructor(call: UpstreamCall) {
    this.answer = new ResponseAnswer(call);
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  /** A stream that ends without its last event was cut. */
  get finished(): boolean {
    return this.hasEnded;
  }

  get upstreamModel(): string | undefined {
    return this.answer.upstreamModel;
  }

  push({ event: name, data }: SseEvent): StreamChunk[] {
    if (this.hasEnded || data === '' || data.startsWith('[DONE]')) return [];
    const event = parseJson(data);
    if (isRecord(event)) return this.read(name ?? String(event.type), event);
    this.answer.markIncomplete();
    return [{ kind: 'error', data: NOT_JSON }];
  }

  assemble(): Reply {
    return this.answer.reply();
  }

  private read(type: string, event: JsonRecord): StreamChunk[] {
    const { output_index: index, item, response } = event;
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        return isRecord(response) ? this.answer.start(response) : [];
      case 'response.output_item.added':
        return isRecord(item) ? this.answer.startItem(index, item) : [];
      case 'response.output_item.done':
        return isRecord(item) ? this.answer.stopItem(index, item) : [];
      case 'response.completed':
      case 'response.incomplete':
        this.hasEnded = true;
        return [...this.answer.end(isRecord(response) ? response : {}), { kind: 'done', data: '[DONE]' }];
      case 'response.failed':
        return this.fail(isRecord(response) ? response : {});
      case 'error':
        this.answer.count(event);
        return [{ kind: 'error', data: JSON.stringify({ error: errorOfEvent(event) }) }];
      default:
        return this.answer.event(type, event);
    }
  }

  private fail(response: JsonRecord): StreamChunk[] {
    this.answer.count(response);
    return [{ kind: 'error', data: JSON.stringify({ error: errorOfResponse(response) }) }];
  }
}
