import type { Replay, ReplayChunk, ReplayOptions } from '../../endpoint';
import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import { EventWriter, type ResponseEvent } from '../../responses/event-writer';
import { inputMemberOf, OutputWriter, textMemberOf } from '../../responses/output-writer';
import { outputOf, partsOf } from '../../responses/response-facts';
import { piecesOfText } from '../chat-completions/text-pieces';

/** A text is cut into about 64 pieces, as the texts of chat completions are. */
const PIECES = 64;
const SHORTEST_PIECE = 48;
const LONGEST_PIECE = 2_048;

/**
 * A response as a stream: each item with its parts, then the whole response in the last event. The events assemble to the
 * same response. They are generated lazily.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponseReplay implements Replay {
  readonly #response: JsonRecord;
  readonly #output: JsonRecord[];
  readonly textLength: number;

  /** @throws SyntaxError when the stored bytes are not a JSON object */
  constructor(stored: Buffer) {
    const whole: unknown = JSON.parse(stored.toString());
    if (!isRecord(whole)) throw new SyntaxError('A stored response is not a JSON object.');
    // The flag is of JSON responses only.
    const { cached: _cached, ...response } = whole;
    this.#response = response;
    this.#output = outputOf(response);
    this.textLength = this.#output.flatMap(textsOf).reduce((sum, text) => sum + text.length, 0);
  }

  get showsReasoning(): boolean {
    return this.#output.some((item) => item.type === 'reasoning' && textsOf(item).length > 0);
  }

  /** The events in order; the last one, of kind `usage`, has the whole response. */
  *chunks({ pieceLength }: ReplayOptions): Generator<ReplayChunk, void, undefined> {
    const events = new EventWriter();
    const { usage: _usage, ...rest } = this.#response;
    const beginning = JSON.stringify({ ...rest, ...IN_PROGRESS });
    yield content(events.ofResponse('response.created', beginning));
    yield content(events.ofResponse('response.in_progress', beginning));
    const writer = new OutputWriter(events);
    const length = pieceLength ?? this.#defaultPieceLength();
    for (const item of this.#output) yield* itemChunks(writer, item, length);
    const type = this.#response.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
    const last = events.ofResponse(type, JSON.stringify(this.#response));
    yield { kind: 'usage', ...last, textLength: 0 };
  }

  #defaultPieceLength(): number {
    return Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, Math.ceil(this.textLength / PIECES)));
  }
}

/** The members of a response that has only begun. */
const IN_PROGRESS = { status: 'in_progress', incomplete_details: null, output: [], usage: null };

function content(event: ResponseEvent, textLength = 0): ReplayChunk {
  return { kind: 'content', ...event, textLength };
}

function* itemChunks(writer: OutputWriter, item: JsonRecord, pieceLength: number): Generator<ReplayChunk> {
  yield content(writer.openItem(begun(item)));
  for (const part of [...partsOf(item.summary), ...partsOf(item.content)]) yield* partChunks(writer, part, pieceLength);
  const input = inputMemberOf(item.type);
  if (input !== undefined) {
    for (const piece of piecesOfText(String(item[input] ?? ''), pieceLength))
      yield content(writer.callDelta(piece), piece.length);
    yield content(writer.callDone(item));
  }
  yield content(writer.closeItem(item));
}

function* partChunks(writer: OutputWriter, part: JsonRecord, pieceLength: number): Generator<ReplayChunk> {
  const member = textMemberOf(part.type);
  if (member === undefined) return;
  yield content(writer.openPart(String(part.type)));
  for (const piece of piecesOfText(String(part[member] ?? ''), pieceLength))
    yield content(writer.partDelta(piece), piece.length);
  const annotations = Array.isArray(part.annotations) ? part.annotations : [];
  for (const [at, annotation] of annotations.entries()) yield content(writer.annotation(annotation, at));
  for (const event of writer.closePart(part)) yield content(event);
}

/** An item as its stream begins: without the parts that follow. Items that do not stream come whole. */
function begun(item: JsonRecord): JsonRecord {
  const input = inputMemberOf(item.type);
  if (input !== undefined) return { ...item, status: 'in_progress', [input]: '' };
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  if (item.type !== 'reasoning') return item;
  const { encrypted_content: _encrypted, content: _content, ...rest } = item;
  return { ...rest, summary: [] };
}

/** The texts of an item that stream. */
function textsOf(item: JsonRecord): string[] {
  const input = inputMemberOf(item.type);
  const texts = [...partsOf(item.summary), ...partsOf(item.content)].map((part) => part[textMemberOf(part.type) ?? '']);
  return [...texts, input === undefined ? undefined : item[input]].flatMap((text) => nonEmptyString(text) ?? []);
}
