import { isRecord, type JsonRecord, parseJson } from '../../json-record';
import { inputMemberOf } from '../../responses/output-writer';

/** The largest length of the events that are kept for a stream that breaks off, in UTF-16 units. */
const MAX_KEPT_LENGTH = 64 * 1024 * 1024;
/** So much is parsed at once: most streams are shorter, and end whole without it. In UTF-16 units. */
const MAX_UNREAD_LENGTH = 256 * 1024;

/** The output of a stream that may break off: items that ended, and of the others the text that came. */
export class PartialOutput {
  readonly #items = new Map<unknown, JsonRecord>();
  readonly #texts = new Map<unknown, string>();
  #unread: string[] = [];
  #unreadLength = 0;
  #length = 0;
  #last = '';

  /** @param data of an event, as JSON text */
  add(data: string): void {
    this.#last = data;
    this.#length += data.length;
    if (this.#length > MAX_KEPT_LENGTH) return;
    this.#unread.push(data);
    this.#unreadLength += data.length;
    if (this.#unreadLength > MAX_UNREAD_LENGTH) this.#read();
  }

  get items(): JsonRecord[] {
    this.#read();
    const items = new Map(this.#items);
    for (const [index, text] of this.#texts) {
      const item = items.get(index);
      if (item) items.set(index, withText(item, text));
    }
    return [...items.values()];
  }

  /** The `sequence_number` of the last event; -1 where it has none. */
  get lastSequence(): number {
    const last = parseJson(this.#last);
    const { sequence_number: sequence } = isRecord(last) ? last : {};
    return typeof sequence === 'number' ? sequence : -1;
  }

  #read(): void {
    const events = this.#unread.map(parseJson).filter(isRecord);
    this.#unread = [];
    this.#unreadLength = 0;
    for (const { type, output_index: index, item, delta } of events) {
      if (isRecord(item)) this.#items.set(index, item);
      if (type === 'response.output_item.done') this.#texts.delete(index);
      else if (typeof delta === 'string') this.#texts.set(index, (this.#texts.get(index) ?? '') + delta);
    }
  }
}

function withText(item: JsonRecord, text: string): JsonRecord {
  const input = inputMemberOf(item.type);
  if (input !== undefined) return { ...item, status: 'incomplete', [input]: text };
  if (item.type === 'message') {
    const part = { type: 'output_text', annotations: [], logprobs: [], text };
    return { ...item, status: 'incomplete', content: [part] };
  }
  return item.type === 'reasoning' ? { ...item, summary: [{ type: 'summary_text', text }] } : item;
}
