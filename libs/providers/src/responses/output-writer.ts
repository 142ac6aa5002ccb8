import { type JsonRecord, withEscapedLineEnds } from '../json-record';
import type { EventWriter, ResponseEvent } from './event-writer';

/** How the text of a part streams: the names of its events and members. */
interface PartEvents {
  added: string;
  delta: string;
  done: string;
  ended: string;
  /** The member that holds the text. */
  text: string;
  /** The member that counts the parts of an item. */
  index: string;
  /** Members of the part that streams begin with, besides the text. */
  empty: JsonRecord;
}

const CONTENT = {
  added: 'response.content_part.added',
  ended: 'response.content_part.done',
  index: 'content_index',
};

/** Parts of messages and of reasoning. @see https://platform.openai.com/docs/api-reference/responses-streaming */
const PARTS: Readonly<Record<string, PartEvents>> = {
  output_text: {
    ...CONTENT,
    delta: 'response.output_text.delta',
    done: 'response.output_text.done',
    text: 'text',
    empty: { annotations: [], logprobs: [] },
  },
  refusal: { ...CONTENT, delta: 'response.refusal.delta', done: 'response.refusal.done', text: 'refusal', empty: {} },
  reasoning_text: {
    ...CONTENT,
    delta: 'response.reasoning_text.delta',
    done: 'response.reasoning_text.done',
    text: 'text',
    empty: {},
  },
  summary_text: {
    added: 'response.reasoning_summary_part.added',
    delta: 'response.reasoning_summary_text.delta',
    done: 'response.reasoning_summary_text.done',
    ended: 'response.reasoning_summary_part.done',
    text: 'text',
    index: 'summary_index',
    empty: {},
  },
};

/** Calls whose input streams: the names of the events, and the member that holds the input. */
const CALLS: Readonly<Record<string, { delta: string; done: string; input: string }>> = {
  function_call: {
    delta: 'response.function_call_arguments.delta',
    done: 'response.function_call_arguments.done',
    input: 'arguments',
  },
  custom_tool_call: {
    delta: 'response.custom_tool_call_input.delta',
    done: 'response.custom_tool_call_input.done',
    input: 'input',
  },
};

/** The member with the text of a part; undefined for parts that do not stream. */
export function textMemberOf(partType: unknown): string | undefined {
  return PARTS[String(partType)]?.text;
}

/** The member with the input of a call; undefined for other items. */
export function inputMemberOf(itemType: unknown): string | undefined {
  return CALLS[String(itemType)]?.input;
}

/** Writes the events of output items, one item and one part open at a time. */
export class OutputWriter {
  #outputIndex = -1;
  #itemId: unknown;
  #itemType = '';
  #partType = '';
  #counts: Record<string, number> = {};
  /** Of the open part, as JSON text without braces. */
  #partPlace = '';

  constructor(private readonly events: EventWriter) {}

  /** @param item as it begins: in progress, without content */
  openItem(item: JsonRecord): ResponseEvent {
    this.#outputIndex += 1;
    this.#itemId = item.id;
    this.#itemType = String(item.type);
    this.#counts = {};
    return this.events.event('response.output_item.added', { output_index: this.#outputIndex, item });
  }

  /** @param item as it ends */
  closeItem(item: JsonRecord): ResponseEvent {
    return this.events.event('response.output_item.done', { output_index: this.#outputIndex, item });
  }

  /** @param type of a part that streams, for example `output_text` */
  openPart(type: string): ResponseEvent {
    this.#partType = type;
    const { added, index, text, empty } = this.#part();
    this.#counts[index] = (this.#counts[index] ?? -1) + 1;
    const place = this.#place(index);
    this.#partPlace = lineOf(place).slice(1, -1);
    return this.events.event(added, { ...place, part: { type, [text]: '', ...empty } });
  }

  /** @param logprobs of a text; only texts of messages have them */
  partDelta(delta: string, logprobs: unknown[] = []): ResponseEvent {
    const extra = this.#partType === 'output_text' ? `,"logprobs":${lineOf(logprobs)}` : '';
    return this.events.written(this.#part().delta, `${this.#partPlace},"delta":${lineOf(delta)}${extra}`);
  }

  /** @param at the number of the annotation in its part, from 0 */
  annotation(annotation: unknown, at: number): ResponseEvent {
    const place = this.#place(this.#part().index);
    return this.events.event('response.output_text.annotation.added', { ...place, annotation_index: at, annotation });
  }

  /** @param part as it ends */
  closePart(part: JsonRecord): ResponseEvent[] {
    const { index, text, done, ended } = this.#part();
    const place = this.#place(index);
    const logprobs = this.#partType === 'output_text' ? { logprobs: part.logprobs ?? [] } : {};
    return [
      this.events.event(done, { ...place, [text]: part[text], ...logprobs }),
      this.events.event(ended, { ...place, part }),
    ];
  }

  callDelta(delta: string): ResponseEvent {
    return this.events.event(CALLS[this.#itemType]?.delta ?? '', { ...this.#place(), delta });
  }

  /** The whole input of a call. @param item as it ends */
  callDone(item: JsonRecord): ResponseEvent {
    const { done = '', input = '' } = CALLS[this.#itemType] ?? {};
    const name = this.#itemType === 'function_call' ? { name: item.name } : {};
    return this.events.event(done, { ...this.#place(), ...name, [input]: item[input] });
  }

  #part(): PartEvents {
    const part = PARTS[this.#partType];
    if (!part) throw new TypeError(`Parts of type ${this.#partType} do not stream.`);
    return part;
  }

  #place(index?: string): JsonRecord {
    const place: JsonRecord = { item_id: this.#itemId, output_index: this.#outputIndex };
    return index === undefined ? place : { ...place, [index]: this.#counts[index] };
  }
}

/** JSON text on one line. */
function lineOf(value: unknown): string {
  return withEscapedLineEnds(JSON.stringify(value));
}
