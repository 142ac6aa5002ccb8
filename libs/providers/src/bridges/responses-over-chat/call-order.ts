import { isRecord, nonEmptyString, parseJson, type JsonRecord } from '../../json-record';
import type { WrittenCall } from './response-items';

/** A function call that is being written. */
export interface GrowingCall extends WrittenCall {
  index: number;
  /** How much of the arguments has been sent on, in UTF-16 units. */
  sent: number;
}

/**
 * The function calls of a stream, in the order in which they are sent on: one after the other, although vendors may write
 * several at a time.
 */
export class CallOrder {
  readonly #calls: GrowingCall[] = [];
  /** The first call that is not complete. */
  #at = 0;

  /** The call to send on; undefined where all are complete. */
  get current(): GrowingCall | undefined {
    return this.#calls[this.#at];
  }

  /** Reads the deltas of a chunk. @see https://platform.openai.com/docs/api-reference/chat-streaming */
  add(deltas: readonly unknown[]): void {
    for (const delta of deltas) if (isRecord(delta)) this.#addDelta(delta);
  }

  /** Whether the arguments of the current call are JSON. */
  get isWhole(): boolean {
    return this.current !== undefined && isWhole(this.current);
  }

  /** Whether a call after the current one has begun. */
  get hasNext(): boolean {
    return this.#at < this.#calls.length - 1;
  }

  next(): void {
    this.#at += 1;
  }

  #addDelta(delta: JsonRecord): void {
    const { name, arguments: written } = isRecord(delta.function) ? delta.function : {};
    const call = this.#callOf(delta, name, written);
    call.id = nonEmptyString(call.id) ?? delta.id;
    const piece = nonEmptyString(name);
    // A name may come in pieces, or again with each delta.
    if (piece !== undefined && piece !== call.name) call.name = `${nonEmptyString(call.name) ?? ''}${piece}`;
    if (typeof written === 'string') call.arguments += written;
  }

  /** The call that a delta continues: the last one with its index, or the last one. Another id begins another call. */
  #callOf({ index, id }: JsonRecord, name: unknown, written: unknown): GrowingCall {
    const known = typeof index === 'number' ? this.#calls.findLast((call) => call.index === index) : this.#calls.at(-1);
    if (known && !begins(known, nonEmptyString(id), nonEmptyString(name), written)) return known;
    const at = typeof index === 'number' ? index : this.#calls.length;
    const call: GrowingCall = { index: at, id: undefined, name: undefined, arguments: '', sent: 0 };
    this.#calls.push(call);
    return call;
  }
}

/** Whether a delta does not continue a call: it has another id, or without one a name after complete arguments. */
function begins(known: GrowingCall, id: string | undefined, name: string | undefined, written: unknown): boolean {
  if (id !== undefined) return known.id !== undefined && id !== known.id;
  if (name === undefined || (name === known.name && !nonEmptyString(written))) return false;
  return isWhole(known);
}

function isWhole({ arguments: written }: GrowingCall): boolean {
  return written.trimEnd().endsWith('}') && parseJson(written) !== undefined;
}
