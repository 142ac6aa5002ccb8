import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../../json-record';
import type { StreamChunk } from '../../translator';
import { messageEvent } from './message-event';

/** A tool call of a chat stream. */
interface ToolCall {
  id: string;
  name: string;
  /** The arguments so far. */
  text: string;
  /** How much of them is sent. */
  sent: number;
  /** Of the block; undefined while it waits for its turn. */
  index: number | undefined;
}

/**
 * Tool calls as blocks, one open at a time. Vendors may send the pieces of parallel calls in any order: those of later calls
 * wait until the calls before are whole.
 */
export class ToolBlocks {
  private readonly lastByIndex = new Map<number, ToolCall>();
  private current: ToolCall | undefined;
  private waiting: ToolCall[] = [];
  private last: ToolCall | undefined;
  private begun = 0;

  /** @param nextIndex gives the next block its index */
  constructor(private readonly nextIndex: () => number) {}

  /** Whether a call has begun whose arguments are not whole. */
  get isOpen(): boolean {
    return this.current !== undefined && !isWhole(this.current);
  }

  /** Whether the block of a call is open. */
  get hasBlock(): boolean {
    return this.current !== undefined;
  }

  get count(): number {
    return this.begun;
  }

  /** @param delta an entry of `delta.tool_calls` */
  push(delta: JsonRecord): StreamChunk[] {
    const call = this.callOf(delta);
    const { name, arguments: text } = isRecord(delta.function) ? delta.function : {};
    call.name ||= nonEmptyString(name) ?? '';
    call.text += nonEmptyString(text) ?? '';
    // What comes after a call was closed is no part of its arguments, which were whole.
    if (call.index !== undefined && call !== this.current) return [];
    if (this.current === undefined) return this.begin(call);
    if (call === this.current) return this.pending(call);
    if (!this.waiting.includes(call)) this.waiting.push(call);
    return isWhole(this.current) ? this.advance() : [];
  }

  /** Closes the open call and sends those that wait. */
  end(): StreamChunk[] {
    const events: StreamChunk[] = [];
    while (this.current) events.push(...this.advance());
    return events;
  }

  /** A new id begins a call, also at an index that is in use: some vendors give all calls the index 0. */
  private callOf({ index, id }: JsonRecord): ToolCall {
    const known = typeof index === 'number' ? this.lastByIndex.get(index) : this.last;
    const given = nonEmptyString(id);
    const continues = known && (given === undefined || given === known.id);
    const call = continues
      ? known
      : { id: given ?? `call_${this.begun}`, name: '', text: '', sent: 0, index: undefined };
    if (!continues) this.begun += 1;
    if (typeof index === 'number') this.lastByIndex.set(index, call);
    this.last = call;
    return call;
  }

  private begin(call: ToolCall): StreamChunk[] {
    this.current = call;
    call.index = this.nextIndex();
    const block = { type: 'tool_use', id: call.id, name: call.name, input: {} };
    return [
      messageEvent({ type: 'content_block_start', index: call.index, content_block: block }),
      ...this.pending(call),
    ];
  }

  private pending(call: ToolCall): StreamChunk[] {
    const piece = call.text.slice(call.sent);
    if (piece === '') return [];
    call.sent = call.text.length;
    const delta = { type: 'input_json_delta', partial_json: piece };
    return [messageEvent({ type: 'content_block_delta', index: call.index, delta })];
  }

  private advance(): StreamChunk[] {
    const closed = this.current;
    if (!closed) return [];
    const stop = messageEvent({ type: 'content_block_stop', index: closed.index });
    this.current = undefined;
    const next = this.waiting.shift();
    return next ? [stop, ...this.begin(next)] : [stop];
  }
}

function isWhole({ text }: ToolCall): boolean {
  return isRecord(parseJson(text));
}
