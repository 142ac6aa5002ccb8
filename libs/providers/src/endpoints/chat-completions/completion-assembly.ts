import { isRecord, nonEmptyString, parseJson, type JsonRecord } from '../../json-record';
import type { Reply } from '../../translator';
import { completionFacts } from './completion-facts';
import { mergeDetails } from '../../reasoning-details';

/** A choice, merged from the deltas so far. */
interface GrowingChoice {
  message: JsonRecord;
  toolCalls: GrowingToolCall[];
  lastByIndex: Map<number, GrowingToolCall>;
  byId: Map<string, GrowingToolCall>;
  /** Members besides the message: logprobs, finish reason and unknown ones. */
  rest: JsonRecord;
  /** Whether a value came in place of another one that is part of the answer. */
  lostPart: boolean;
}

/** A tool call, with the index that its deltas name. */
interface GrowingToolCall {
  index: number;
  call: JsonRecord;
}

/** Members of a chunk that a completion does not have, or not as they are. `obfuscation` is padding. */
const CHUNK_ONLY = new Set(['object', 'choices', 'usage', 'obfuscation']);
const CHOICE_ONLY = new Set(['index', 'delta', 'message', 'finish_reason', 'logprobs']);
const DETAILS = 'reasoning_details';
/** The largest length of an assembled response, in UTF-16 units. A longer one is incomplete. */
const MAX_ASSEMBLED_LENGTH = 64 * 1024 * 1024;
/** Strings that a later delta repeats instead of continuing. A name may come in pieces too. */
const REPEATED = new Set(['role', 'id', 'type']);

/** Assembles the chunks of a stream into the `chat.completion` of the same call without streaming. */
export class CompletionAssembly {
  readonly #completion: JsonRecord = {
    id: undefined,
    object: 'chat.completion',
    created: undefined,
    model: undefined,
    choices: undefined,
    usage: undefined,
  };
  readonly #choices = new Map<number, GrowingChoice>();
  #length = 0;
  #incomplete = false;

  /** Whether there are choices and each has a finish reason. */
  get finished(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ rest }) => rest.finish_reason !== null);
  }

  /** @param length the length of the chunk's JSON text, in UTF-16 units */
  add(chunk: JsonRecord, length: number): void {
    this.#length += length;
    if (this.#length > MAX_ASSEMBLED_LENGTH) this.#incomplete = true;
    if (isRecord(chunk.usage)) this.#completion.usage = chunk.usage;
    if (this.#incomplete) return;
    assignMembers(this.#completion, chunk, CHUNK_ONLY);
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      if (isRecord(choice)) grow(this.#choices, choice);
    }
  }

  /** Appends to a choice's text, from a chunk without other changes. @param length as in {@link add} */
  addText(index: number, text: string, length: number): void {
    this.#length += length;
    const message = this.#choices.get(index)?.message;
    if (this.#length > MAX_ASSEMBLED_LENGTH || message === undefined) this.#incomplete = true;
    else merge(message, { content: text });
  }

  /** Records an unreadable event: the response is incomplete, and no choice gets a finish reason. */
  markIncomplete(): void {
    this.#incomplete = true;
  }

  reply(): Reply {
    const choices = [...this.#choices]
      .toSorted(([left], [right]) => left - right)
      .map(([index, choice]) => wholeChoice(index, choice, this.#incomplete));
    const completion = { ...this.#completion, choices };
    return { body: Buffer.from(JSON.stringify(completion)), facts: completionFacts(completion) };
  }
}

/** The `chat.completion` of a complete stream. @param chunks the data of its events, without the end mark */
export function assembleCompletion(chunks: readonly JsonRecord[]): Reply {
  const assembly = new CompletionAssembly();
  for (const chunk of chunks) assembly.add(chunk, 0);
  return assembly.reply();
}

function grow(choices: Map<number, GrowingChoice>, delta: JsonRecord): void {
  const index = typeof delta.index === 'number' ? delta.index : 0;
  let choice = choices.get(index);
  if (choice === undefined) {
    choice = {
      message: { role: 'assistant', content: null },
      toolCalls: [],
      lastByIndex: new Map(),
      byId: new Map(),
      rest: { finish_reason: null },
      lostPart: false,
    };
    choices.set(index, choice);
  }
  // Some servers send the whole message in place of deltas.
  const sent = isRecord(delta.delta) || !hasNothing(choice) ? delta.delta : delta.message;
  if (isRecord(sent)) {
    const { tool_calls: toolCalls, ...message } = sent;
    if (!merge(choice.message, message)) choice.lostPart = true;
    if (Array.isArray(toolCalls)) {
      choice.message.tool_calls ??= [];
      mergeToolCalls(choice, toolCalls);
    } else if (toolCalls === null) choice.message.tool_calls ??= null;
  }
  if (delta.logprobs !== undefined) merge(choice.rest, { logprobs: delta.logprobs });
  assignMembers(choice.rest, delta, CHOICE_ONLY);
  const finishReason = nonEmptyString(delta.finish_reason);
  if (finishReason !== undefined) choice.rest.finish_reason = finishReason;
}

function hasNothing({ message, toolCalls }: GrowingChoice): boolean {
  return toolCalls.length === 0 && Object.values(message).every((value) => value === null || value === 'assistant');
}

function wholeChoice(
  index: number,
  { message, toolCalls, rest, lostPart }: GrowingChoice,
  incomplete: boolean,
): JsonRecord {
  // Calls of one index keep the order in which they began.
  const called = toolCalls.toSorted((left, right) => left.index - right.index).map(({ call }) => call);
  return {
    index,
    message: called.length > 0 ? { ...message, tool_calls: called } : message,
    ...rest,
    ...(incomplete || lostPart ? { finish_reason: null } : {}),
  };
}

/**
 * Merges each tool call delta into the last call with its index, or into the last one. A new id or name starts a new call; an id
 * that is known continues its own call.
 */
function mergeToolCalls(choice: GrowingChoice, deltas: unknown[]): void {
  for (const delta of deltas) {
    if (!isRecord(delta)) continue;
    const { index: givenIndex, ...members } = delta;
    const known = toolCallOf(choice, typeof givenIndex === 'number' ? givenIndex : undefined, members);
    choice.lastByIndex.set(known.index, known);
    const id = nonEmptyString(members.id);
    if (id !== undefined) choice.byId.set(id, known);
    if (!merge(known.call, members)) choice.lostPart = true;
  }
}

/** The call that a delta continues, or a new one. */
function toolCallOf(choice: GrowingChoice, index: number | undefined, members: JsonRecord): GrowingToolCall {
  const { toolCalls, lastByIndex, byId } = choice;
  const named = byId.get(nonEmptyString(members.id) ?? '');
  if (named && (index === undefined || named.index === index)) return named;
  const last = index === undefined ? toolCalls.at(-1) : lastByIndex.get(index);
  if (last && !beginsCall(last.call, members)) return last;
  const begun = { index: index ?? toolCalls.length, call: {} };
  toolCalls.push(begun);
  return begun;
}

/** Whether a delta does not continue a call: it has another id, or without one a name after complete arguments. */
function beginsCall(call: JsonRecord, delta: JsonRecord): boolean {
  const id = nonEmptyString(delta.id);
  if (id !== undefined) return call.id !== undefined && id !== call.id;
  const [known, next] = [call.function, delta.function];
  if (!isRecord(known) || !isRecord(next) || nonEmptyString(next.name) === undefined) return false;
  const written = nonEmptyString(known.arguments);
  if (next.name === known.name && !nonEmptyString(next.arguments)) return false;
  return written !== undefined && written.trimEnd().endsWith('}') && parseJson(written) !== undefined;
}

/**
 * Merges a delta into the target: appends strings and arrays, merges objects, replaces other values. A text and a list of parts, or
 * one part, become one list. Skips `__proto__`, which would change the prototype of all objects.
 *
 * @returns whether nothing was lost: a number has no place beside a text
 */
function merge(target: JsonRecord, delta: JsonRecord): boolean {
  let isWhole = true;
  for (const name of Object.keys(delta)) {
    if (name === '__proto__') continue;
    const value = delta[name];
    const known = target[name];
    if (name === DETAILS && Array.isArray(value)) target[name] = mergeDetails(Array.isArray(known) ? known : [], value);
    else if (value === null || known === undefined || known === null) target[name] = value ?? known ?? null;
    else if (typeof value === 'string' && typeof known === 'string') {
      target[name] = mergedText(name, known, value);
    } else if (typeof value === 'string' && Array.isArray(known)) appendText(known, value);
    else if (typeof known === 'string' && Array.isArray(value)) {
      target[name] = known === '' ? value : [{ type: 'text', text: known }, ...value];
    } else if (Array.isArray(value) && Array.isArray(known)) for (const entry of value) known.push(entry);
    else if (isRecord(value) && Array.isArray(known)) known.push(value);
    else if (Array.isArray(value) && isRecord(known)) target[name] = [known, ...value];
    else if (isRecord(value) && typeof known === 'string') {
      target[name] = known === '' ? value : [{ type: 'text', text: known }, value];
    } else if (isRecord(value) && isRecord(known)) isWhole = merge(known, value) && isWhole;
    else {
      isWhole = isWhole && (typeof value === typeof known || known === '');
      target[name] = value;
    }
  }
  return isWhole;
}

function mergedText(name: string, known: string, value: string): string {
  if (REPEATED.has(name) || (name === 'name' && value === known)) return value || known;
  return known + value;
}

/** Appends a text to a list of parts. */
function appendText(parts: unknown[], text: string): void {
  const last = parts.at(-1);
  if (text === '') return;
  if (isRecord(last) && last.type === 'text' && typeof last.text === 'string') last.text += text;
  else parts.push({ type: 'text', text });
}

/** Copies members. An empty value (Azure's first chunk has an empty model) does not replace another one. */
function assignMembers(target: JsonRecord, source: JsonRecord, except: ReadonlySet<string>): void {
  for (const name of Object.keys(source)) {
    if (except.has(name) || name === '__proto__') continue;
    const value = source[name];
    const isEmpty = value === null || value === '';
    if (!isEmpty || target[name] === undefined) target[name] = value;
  }
}
