import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { Replay, ReplayChunk, ReplayOptions } from '../../endpoint';
import { LogprobPieces } from './logprob-pieces';
import { piecesOfText } from './text-pieces';

/** Members that every chunk of a stream repeats; others of the completion are told once, in the first chunk. */
const REPEATED_MEMBERS = ['id', 'created', 'model', 'service_tier', 'system_fingerprint'];
/** The texts of a message that streams bring in pieces, in the order they do; other texts come whole. */
const TEXTS = ['reasoning_content', 'reasoning', 'content', 'refusal'];
/** A text is cut into some 64 pieces, but none that costs more to wrap than to say and none that holds up the reader. */
const PIECES = 64;
const SHORTEST_PIECE = 48;
const LONGEST_PIECE = 2_048;
/** Line ends to some readers of event streams, which would cut the event in two. JSON may have them as they are or escaped. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** One chunk of one choice: its `choices[0]`. */
interface ChoiceChunk {
  choice: JsonRecord;
  textLength: number;
}

/**
 * A whole completion as the stream that would have brought it: role, reasoning, content, refusal, tool calls, finish reason
 * and, if asked for, usage. Put together again it is the same completion. Chunks are made as they are taken.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class CompletionReplay implements Replay {
  readonly #completion: JsonRecord;
  readonly #choices: JsonRecord[];
  /** How much text there is in all, in UTF-16 units. */
  readonly textLength: number;

  /**
   * @param completion a `chat.completion`, parsed or as JSON, which is parsed here and once
   * @throws SyntaxError when it is not a JSON object
   */
  constructor(completion: Record<string, unknown> | Buffer) {
    const whole: unknown = Buffer.isBuffer(completion) ? JSON.parse(completion.toString()) : completion;
    if (!isRecord(whole)) throw new SyntaxError('A stored completion is not a JSON object.');
    this.#completion = whole;
    this.#choices = Array.isArray(whole.choices) ? whole.choices.filter(isRecord) : [];
    this.textLength = this.#choices.reduce((sum, { message }) => sum + textLengthOf(message), 0);
  }

  /** Whether the answer shows its reasoning. */
  get showsReasoning(): boolean {
    return this.#choices.some(
      ({ message }) =>
        isRecord(message) && (nonEmptyString(message.reasoning_content) ?? nonEmptyString(message.reasoning)),
    );
  }

  /** The chunks in order, without `[DONE]`. Choices take turns, as they do upstream. */
  *chunks({ includeUsage, pieceLength }: ReplayOptions): Generator<ReplayChunk, void, undefined> {
    const { choices: _choices, usage, object: _object, ...rest } = this.#completion;
    const base: JsonRecord = { id: rest.id, object: 'chat.completion.chunk' };
    for (const name of REPEATED_MEMBERS) if (name in rest) base[name] = rest[name];
    // With usage asked for, OpenAI puts `"usage": null` in every chunk but the last.
    const tellsUsage = includeUsage && isRecord(usage);
    const usageMember = tellsUsage ? { usage: null } : {};
    let once: JsonRecord = rest;
    for (const { choice, textLength } of this.#inTurn(pieceLength ?? this.#suitableLength())) {
      yield {
        kind: 'content',
        data: toData({ ...base, ...once, choices: [choice], ...usageMember }),
        textLength,
      };
      once = {};
    }
    if (tellsUsage) {
      yield { kind: 'usage', data: toData({ ...base, ...once, choices: [], usage }), textLength: 0 };
    }
  }

  *#inTurn(pieceLength: number): Generator<ChoiceChunk, void, undefined> {
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

  #suitableLength(): number {
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
      // A call of another kind, such as that of a custom tool: the SDKs do not put those together from pieces.
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
  /** What the first delta says: the role, and all that does not come in pieces. */
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

/** A function call whose arguments can come in pieces. */
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
  return JSON.stringify(chunk).replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
