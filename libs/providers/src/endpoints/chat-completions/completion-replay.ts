import { isRecord, nonEmptyString, type JsonRecord, withEscapedLineEnds } from '../../json-record';
import type { Replay, ReplayChunk, ReplayOptions } from '../../endpoint';
import { LogprobPieces } from './logprob-pieces';
import { piecesOfText } from './text-pieces';

/** Members that every chunk of a stream repeats; the other members of the completion are in the first chunk only. */
const REPEATED_MEMBERS = ['id', 'created', 'model', 'service_tier', 'system_fingerprint'];
/** The texts of a message that streams send in pieces, in this order; other texts are sent whole. */
const TEXTS = ['reasoning_content', 'reasoning', 'content', 'refusal'];
/** A text is cut into about 64 pieces: shorter ones would be mostly overhead, longer ones would delay the reader. */
const PIECES = 64;
const SHORTEST_PIECE = 48;
const LONGEST_PIECE = 2_048;

/** One chunk of one choice: its `choices[0]`. */
interface ChoiceChunk {
  choice: JsonRecord;
  textLength: number;
}

/**
 * A completion as a stream: role, reasoning, content, refusal, tool calls, finish reason and, if requested, usage. The chunks
 * assemble to the same completion. They are generated lazily.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class CompletionReplay implements Replay {
  readonly #completion: JsonRecord;
  readonly #choices: JsonRecord[];
  /** The length of the whole text, in UTF-16 units. */
  readonly textLength: number;

  /**
   * @param completion a `chat.completion`, parsed or as JSON, which is parsed once
   * @throws SyntaxError when it is not a JSON object
   */
  constructor(completion: Record<string, unknown> | Buffer) {
    const whole: unknown = Buffer.isBuffer(completion) ? JSON.parse(completion.toString()) : completion;
    if (!isRecord(whole)) throw new SyntaxError('A stored completion is not a JSON object.');
    this.#completion = whole;
    this.#choices = Array.isArray(whole.choices) ? whole.choices.filter(isRecord) : [];
    this.textLength = this.#choices.reduce((sum, { message }) => sum + textLengthOf(message), 0);
  }

  /** Whether the response contains reasoning. */
  get showsReasoning(): boolean {
    return this.#choices.some(
      ({ message }) =>
        isRecord(message) && (nonEmptyString(message.reasoning_content) ?? nonEmptyString(message.reasoning)),
    );
  }

  /** The chunks in order, without `[DONE]`. Choices alternate, as in upstream streams. */
  *chunks({ includeUsage, pieceLength }: ReplayOptions): Generator<ReplayChunk, void, undefined> {
    const { choices: _choices, usage, object: _object, ...rest } = this.#completion;
    const base: JsonRecord = { id: rest.id, object: 'chat.completion.chunk' };
    for (const name of REPEATED_MEMBERS) if (name in rest) base[name] = rest[name];
    // With include_usage, OpenAI sends `"usage": null` in every chunk but the last.
    const sendsUsage = includeUsage && isRecord(usage);
    const usageMember = sendsUsage ? { usage: null } : {};
    let once: JsonRecord = rest;
    for (const { choice, textLength } of this.#choiceChunks(pieceLength ?? this.#defaultPieceLength())) {
      yield {
        kind: 'content',
        data: toData({ ...base, ...once, choices: [choice], ...usageMember }),
        textLength,
      };
      once = {};
    }
    if (sendsUsage) {
      yield { kind: 'usage', data: toData({ ...base, ...once, choices: [], usage }), textLength: 0 };
    }
  }

  *#choiceChunks(pieceLength: number): Generator<ChoiceChunk, void, undefined> {
    let running = this.#choices.map((choice, position) => chunksOfChoice(choice, position, pieceLength));
    while (running.length > 0) {
      const next: typeof running = [];
      for (const chunks of running) {
        const { value, done } = chunks.next();
        if (done) continue;
        yield value;
        next.push(chunks);
      }
      running = next;
    }
  }

  #defaultPieceLength(): number {
    return Math.min(LONGEST_PIECE, Math.max(SHORTEST_PIECE, Math.ceil(this.textLength / PIECES)));
  }
}

/** The data of all events at once, without `[DONE]`. @throws SyntaxError when the bytes are not a JSON object */
export function completionToChunks(completion: Record<string, unknown> | Buffer, options: ReplayOptions): string[] {
  return Array.from(new CompletionReplay(completion).chunks(options), ({ data }) => data);
}

function* chunksOfChoice(
  choice: JsonRecord,
  position: number,
  pieceLength: number,
): Generator<ChoiceChunk, void, undefined> {
  const { index = position, message, logprobs, finish_reason: finishReason = null, ...rest } = choice;
  const { opening, texts, functionCall, toolCalls } = splitMessage(isRecord(message) ? message : {});
  const logprobPieces = new LogprobPieces(logprobs);
  const chunk = (delta: JsonRecord, textLength = 0, logprobMember = logprobPieces.none): ChoiceChunk => ({
    choice: { index, delta, ...logprobMember, finish_reason: null },
    textLength,
  });

  yield chunk(opening);
  for (const [name, text] of texts) {
    const field = name === 'content' || name === 'refusal' ? name : undefined;
    for (const piece of piecesOfText(text, pieceLength)) {
      yield chunk({ [name]: piece }, piece.length, field && logprobPieces.with(field, piece));
    }
  }
  if (functionCall) {
    yield chunk({ function_call: { ...functionCall, arguments: '' } });
    for (const piece of piecesOfText(functionCall.arguments, pieceLength)) {
      yield chunk({ function_call: { arguments: piece } }, piece.length);
    }
  }
  for (const [at, call] of toolCalls.entries()) {
    const called = isRecord(call) ? calledFunction(call.function) : undefined;
    const { index: _index, ...members } = isRecord(call) ? call : {};
    if (!called) {
      // SDKs do not join pieces of other kinds of calls, such as custom tools.
      yield chunk({ tool_calls: [isRecord(call) ? { index: at, ...members } : call] });
      continue;
    }
    yield chunk({ tool_calls: [{ index: at, ...members, function: { ...called, arguments: '' } }] });
    for (const piece of piecesOfText(called.arguments, pieceLength)) {
      yield chunk({ tool_calls: [{ index: at, function: { arguments: piece } }] }, piece.length);
    }
  }
  yield { choice: { index, delta: {}, ...logprobPieces.rest(), finish_reason: finishReason, ...rest }, textLength: 0 };
}

type CalledFunction = JsonRecord & { arguments: string };

interface SplitMessage {
  /** The first delta: the role, and all members that are not sent in pieces. */
  opening: JsonRecord;
  texts: [name: string, text: string][];
  functionCall: CalledFunction | undefined;
  toolCalls: unknown[];
}

function splitMessage(message: JsonRecord): SplitMessage {
  const opening: JsonRecord = { role: message.role ?? 'assistant' };
  const functionCall = calledFunction(message.function_call);
  const toolCalls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (const [name, value] of Object.entries(message)) {
    const comesLater =
      (TEXTS.includes(name) && nonEmptyString(value) !== undefined) ||
      (name === 'function_call' && functionCall !== undefined) ||
      (name === 'tool_calls' && toolCalls.length > 0);
    if (name !== 'role' && !comesLater) opening[name] = value;
    else if (name === 'content') opening.content = '';
  }
  const texts = TEXTS.flatMap((name): SplitMessage['texts'] => {
    const text = nonEmptyString(message[name]);
    return text === undefined ? [] : [[name, text]];
  });
  return { opening, texts, functionCall, toolCalls };
}

/** The value as a function call whose arguments can be sent in pieces; else undefined. */
function calledFunction(value: unknown): CalledFunction | undefined {
  return isRecord(value) && typeof value.arguments === 'string' ? (value as CalledFunction) : undefined;
}

function textLengthOf(message: unknown): number {
  if (!isRecord(message)) return 0;
  const { texts, functionCall, toolCalls } = splitMessage(message);
  const called = toolCalls.map((call) => (isRecord(call) ? calledFunction(call.function) : undefined));
  const written = [...texts.map(([, text]) => text), ...[functionCall, ...called].map((each) => each?.arguments ?? '')];
  return written.reduce((sum, text) => sum + text.length, 0);
}

function toData(chunk: JsonRecord): string {
  return withEscapedLineEnds(JSON.stringify(chunk));
}
