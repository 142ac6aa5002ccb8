import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { Reply } from '../../translator';
import { mergedUsage } from '../../usage/anthropic-usage';
import { messageFacts } from './message-facts';

/** A content block with the JSON text of its input so far. */
interface GrowingBlock {
  index: number;
  block: JsonRecord;
  input: string | undefined;
  /** Whether the stream has closed it: a start with its index begins another one. */
  isClosed: boolean;
}

/** Which member of a block each kind of delta continues. */
const TEXT_DELTAS: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  compaction_delta: 'content',
};
/** The largest length of an assembled message, in UTF-16 units. A longer one is incomplete. */
const MAX_ASSEMBLED_LENGTH = 64 * 1024 * 1024;

/**
 * Assembles the events of a stream into the message of the same call without streaming. Unknown events and deltas are skipped; a
 * delta without a block makes the message incomplete.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessageAssembly {
  #message: JsonRecord | undefined;
  /** The last block of each index. */
  readonly #blocks = new Map<number, GrowingBlock>();
  /** Blocks whose index another one took. */
  readonly #earlier: GrowingBlock[] = [];
  /** Whether the counts are those of the whole message: the start has only those of the input. */
  #counted = false;
  #length = 0;
  #incomplete = false;

  /** Whether the message has a stop reason. */
  get finished(): boolean {
    return nonEmptyString(this.#message?.stop_reason) !== undefined;
  }

  /** @param length the length of the event's JSON text, in UTF-16 units */
  add(event: JsonRecord, length: number): void {
    this.#length += length;
    if (this.#length > MAX_ASSEMBLED_LENGTH) this.#incomplete = true;
    if (event.type === 'message_start') this.#start(event.message);
    else if (event.type === 'message_delta') this.#finish(event);
    else if (this.#incomplete || typeof event.index !== 'number') return;
    else if (event.type === 'content_block_start' && isRecord(event.content_block))
      this.#begin(event.index, { ...event.content_block });
    else if (event.type === 'content_block_stop') this.#stop(event.index);
    else if (event.type === 'content_block_delta' && isRecord(event.delta)) this.#grow(event.index, event.delta);
  }

  /** Takes the counts of a later event, if it has any. */
  count(usage: unknown): void {
    if (!isRecord(usage)) return;
    this.#counted = true;
    this.#message ??= { type: 'message', role: 'assistant' };
    const before = isRecord(this.#message.usage) ? this.#message.usage : undefined;
    this.#message.usage = mergedUsage(before, usage);
  }

  /** Records an unreadable event: the message has no stop reason. */
  markIncomplete(): void {
    this.#incomplete = true;
  }

  reply(): Reply {
    const blocks = [...this.#earlier, ...this.#blocks.values()].toSorted((left, right) => left.index - right.index);
    const content = blocks.map((each) => this.#whole(each));
    const started = this.#message ?? { type: 'message', role: 'assistant' };
    const message: JsonRecord = { ...started, content };
    if (this.#incomplete) message.stop_reason = null;
    const facts = messageFacts(message);
    return {
      body: Buffer.from(String(stringifyExact(message))),
      facts: this.#counted ? facts : { ...facts, usage: undefined },
    };
  }

  /** The first start counts: some streams repeat it, also in the middle. */
  #start(message: unknown): void {
    if (!isRecord(message) || this.#message) return;
    this.#message = { ...message };
    // Some streams begin with the whole message.
    this.#counted = nonEmptyString(message.stop_reason) !== undefined;
    const blocks = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
    for (const [index, block] of blocks.entries()) this.#begin(index, block);
  }

  #begin(index: number, block: JsonRecord): void {
    const known = this.#blocks.get(index);
    if (known?.isClosed === true) this.#earlier.push(known);
    this.#blocks.set(index, { index, block, input: undefined, isClosed: false });
  }

  #stop(index: number): void {
    const known = this.#blocks.get(index);
    if (known) known.isClosed = true;
  }

  /** Usage is cumulative, and may name counts that the start lacked. */
  #finish({ delta, usage, type: _type, ...rest }: JsonRecord): void {
    this.#message ??= { type: 'message', role: 'assistant' };
    Object.assign(this.#message, rest, isRecord(delta) ? delta : {});
    this.count(usage);
  }

  #grow(index: number, delta: JsonRecord): void {
    const growing = this.#blocks.get(index);
    if (!growing) return this.markIncomplete();
    const { block } = growing;
    if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string') {
      growing.input = (growing.input ?? '') + delta.partial_json;
    } else if (delta.type === 'citations_delta') {
      if (Array.isArray(block.citations)) block.citations.push(delta.citation);
      else block.citations = [delta.citation];
    } else {
      const member = TEXT_DELTAS[String(delta.type)];
      const piece = member === undefined ? undefined : delta[member];
      if (member !== undefined && typeof piece === 'string') block[member] = textOf(block[member]) + piece;
    }
  }

  /** A tool call whose input breaks off makes the message incomplete. */
  #whole({ block, input }: GrowingBlock): JsonRecord {
    if (input === undefined || input.trim() === '') return block;
    const parsed = parsedInput(input);
    if (parsed === undefined) this.#incomplete = true;
    return { ...block, input: parsed ?? {} };
  }
}

/** With all digits of its numbers. */
function parsedInput(json: string): unknown {
  try {
    return parseExact(json);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
