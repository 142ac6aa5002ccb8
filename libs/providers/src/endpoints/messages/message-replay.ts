import type { Replay, ReplayChunk, ReplayOptions } from '../../endpoint';
import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, withEscapedLineEnds } from '../../json-record';
import { piecesOfText } from '../chat-completions/text-pieces';

/** A text is cut into about 64 pieces: shorter ones would be mostly overhead, longer ones would delay the reader. */
const PIECES = 64;
const SHORTEST_PIECE = 48;
const LONGEST_PIECE = 2_048;
/** Members that a message gets at its end. */
const AT_END = ['stop_reason', 'stop_sequence', 'stop_details'];

/** The long text of a block, by its type: its member, and the delta that carries pieces of it. */
const TEXTS: Readonly<Record<string, { member: string; delta: string }>> = {
  text: { member: 'text', delta: 'text_delta' },
  thinking: { member: 'thinking', delta: 'thinking_delta' },
};

/**
 * A stored message as a stream: start, blocks one after the other, and the delta with stop reason and usage. The events
 * assemble to the same message. They are generated lazily.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessageReplay implements Replay {
  readonly #message: JsonRecord;
  readonly #blocks: JsonRecord[];
  readonly textLength: number;

  /** @throws SyntaxError when the bytes are not a JSON object */
  constructor(reply: Buffer) {
    const message = parseExact(reply.toString());
    if (!isRecord(message)) throw new SyntaxError('A stored message is not a JSON object.');
    this.#message = message;
    this.#blocks = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
    this.textLength = this.#blocks.reduce((sum, block) => sum + (longText(block)?.length ?? 0), 0);
  }

  get showsReasoning(): boolean {
    return this.#blocks.some(({ type }) => type === 'thinking');
  }

  *chunks({ pieceLength }: ReplayOptions): Generator<ReplayChunk, void, undefined> {
    const { usage, content: _content, ...rest } = this.#message;
    const opening: JsonRecord = { ...rest, content: [], usage: openingUsage(usage) };
    for (const name of AT_END) if (name in opening) opening[name] = null;
    yield event({ type: 'message_start', message: opening });
    for (const [index, block] of this.#blocks.entries()) yield* this.#block(block, index, pieceLength);
    const delta = Object.fromEntries(AT_END.filter((name) => name in rest).map((name) => [name, rest[name]]));
    yield { ...event({ type: 'message_delta', delta, usage }), kind: 'usage' };
  }

  *#block(block: JsonRecord, index: number, pieceLength?: number): Generator<ReplayChunk, void, undefined> {
    yield event({ type: 'content_block_start', index, content_block: emptied(block) });
    const text = longText(block);
    if (text !== undefined) {
      for (const piece of piecesOfText(text, pieceLength ?? this.#defaultPieceLength()))
        yield event({ type: 'content_block_delta', index, delta: deltaOf(block, piece) }, piece.length);
    }
    if (block.type === 'thinking' && typeof block.signature === 'string')
      yield event({
        type: 'content_block_delta',
        index,
        delta: { type: 'signature_delta', signature: block.signature },
      });
    yield event({ type: 'content_block_stop', index });
  }

  #defaultPieceLength(): number {
    return Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, Math.ceil(this.textLength / PIECES)));
  }
}

/** The usage that is known at the start: the input. */
function openingUsage(usage: unknown): unknown {
  return isRecord(usage) ? { ...usage, output_tokens: 1 } : usage;
}

/** The text of a block that goes out in pieces; a tool's input as JSON. */
function longText(block: JsonRecord): string | undefined {
  if (hasInput(block)) return String(stringifyExact(block.input));
  const text = block[TEXTS[String(block.type)]?.member ?? ''];
  return typeof text === 'string' ? text : undefined;
}

function hasInput({ type, input }: JsonRecord): boolean {
  return (type === 'tool_use' || type === 'server_tool_use') && isRecord(input);
}

function emptied(block: JsonRecord): JsonRecord {
  if (hasInput(block)) return { ...block, input: {} };
  const text = TEXTS[String(block.type)];
  if (text === undefined) return block;
  return { ...block, [text.member]: '', ...('signature' in block && { signature: '' }) };
}

function deltaOf(block: JsonRecord, piece: string): JsonRecord {
  const text = TEXTS[String(block.type)];
  return text === undefined
    ? { type: 'input_json_delta', partial_json: piece }
    : { type: text.delta, [text.member]: piece };
}

function event(value: JsonRecord, textLength = 0): ReplayChunk {
  const data = withEscapedLineEnds(String(stringifyExact(value)));
  return { kind: 'content', event: String(value.type), data, textLength };
}
