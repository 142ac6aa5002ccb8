import { CompletionAssembly } from '../../endpoints/chat-completions/completion-assembly';
import { isRecord, type JsonRecord, nameOf, nonEmptyString, parseJson } from '../../json-record';
import type { Reply, StreamChunk, UpstreamCall } from '../../translator';
import { BLOCKED, finishReasonOf } from './gemini-finish';
import { GeminiChoice } from './gemini-choice';
import type { GeminiText } from './gemini-text-template';
import { chatUsage, servedTier } from './gemini-usage';
import { secondsOfUlid } from './ulid-time';

/**
 * The answer to one call, from one `GenerateContentResponse` or from those of a stream, each with new parts. Both ways give
 * the same response.
 *
 * @see https://ai.google.dev/api/generate-content#generatecontentresponse
 */
export class GeminiAnswer {
  readonly #assembly = new CompletionAssembly();
  readonly #choices = new Map<number, GeminiChoice>();
  #id: string | undefined;
  #model: string | undefined;
  #calls = 0;
  /** The last counts, or JSON of them. */
  #usage: JsonRecord | string | undefined;
  #failed = false;
  #base: JsonRecord | undefined;
  /** JSON of {@link #base}, open for more members. */
  #head = '';

  /** @param isStreamed false writes no data of chunks, for an answer that comes as a whole */
  constructor(
    private readonly call: UpstreamCall,
    private readonly isStreamed = true,
  ) {}

  /** The model version that the vendor names. */
  get upstreamModel(): string | undefined {
    return this.#model;
  }

  get finished(): boolean {
    return !this.#failed && this.#assembly.finished;
  }

  /** Records an event that cannot be read: the response is incomplete. */
  markIncomplete(): void {
    this.#failed = true;
    this.#assembly.markIncomplete();
  }

  /** Adds a response and returns its chunks: one for each part, then the finish reason and the usage so far. */
  add(response: JsonRecord): StreamChunk[] {
    this.#id ??= nonEmptyString(response.responseId);
    this.#model ??= nameOf(response.modelVersion);
    this.count(response);
    const chunks: StreamChunk[] = [];
    const candidates = Array.isArray(response.candidates) ? response.candidates.filter(isRecord) : [];
    for (const candidate of candidates) this.#addCandidate(candidate, chunks);
    if (candidates.length === 0) this.#addBlock(response.promptFeedback, chunks);
    // Each response repeats the usage, and the last one counts.
    if (this.#assembly.finished) this.#addUsage(chunks);
    return chunks;
  }

  /** Adds a response that continues a candidate with a piece of text and has nothing else that is new. */
  addText({ index, text, usage }: GeminiText): StreamChunk[] {
    this.#usage = usage;
    const chunks: StreamChunk[] = [];
    this.#addPart(this.#choiceAt(index, chunks), index, { text }, chunks);
    if (this.#assembly.finished) this.#addUsage(chunks);
    return chunks;
  }

  /** Takes the counts of a response, if it has any. */
  count({ usageMetadata: usage }: JsonRecord): void {
    if (isRecord(usage)) this.#usage = usage;
  }

  /** The `chat.completion` of everything so far. */
  reply(): Reply {
    if (!this.#assembly.finished) this.#addUsage([]);
    const turn = this.#choices.get(0)?.turn;
    return { ...this.#assembly.reply(), ...(turn && { turn }) };
  }

  #addCandidate(candidate: JsonRecord, chunks: StreamChunk[]): void {
    const index = typeof candidate.index === 'number' ? candidate.index : 0;
    const choice = this.#choiceAt(index, chunks);
    const parts = isRecord(candidate.content) ? candidate.content.parts : undefined;
    for (const part of Array.isArray(parts) ? parts.filter(isRecord) : []) this.#addPart(choice, index, part, chunks);
    const reason = nonEmptyString(candidate.finishReason);
    if (reason !== undefined) this.#finish(index, reason, choice.hasCalls, candidate, chunks);
  }

  #addPart(choice: GeminiChoice, index: number, part: JsonRecord, chunks: StreamChunk[]): void {
    const delta = choice.deltaOf(part);
    if (typeof delta === 'string') chunks.push(this.#textChunk(index, delta));
    else if (delta) chunks.push(this.#chunk('content', { index, delta, finish_reason: null }));
  }

  #choiceAt(index: number, chunks: StreamChunk[]): GeminiChoice {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = new GeminiChoice(this.call, () => this.#calls++);
      this.#choices.set(index, choice);
      const delta = { role: 'assistant', refusal: null };
      chunks.push(this.#chunk('lifecycle', { index, delta, logprobs: null, finish_reason: null }));
    }
    return choice;
  }

  #finish(index: number, reason: string, calls: boolean, candidate: JsonRecord, chunks: StreamChunk[]): void {
    const finish = finishReasonOf(reason, calls);
    if (finish !== undefined) {
      const choice = { index, delta: continuationOf(candidate), finish_reason: finish, native_finish_reason: reason };
      chunks.push(this.#chunk('content', choice));
      return;
    }
    this.markIncomplete();
    chunks.push({
      kind: 'error',
      data: JSON.stringify({ error: failureOf(reason, nonEmptyString(candidate.finishMessage)) }),
    });
  }

  /** A prompt that the vendor blocks has no candidates. */
  #addBlock(feedback: unknown, chunks: StreamChunk[]): void {
    const reason = isRecord(feedback) ? nonEmptyString(feedback.blockReason) : undefined;
    if (reason === undefined || this.#choices.size > 0) return;
    this.#choiceAt(0, chunks);
    const choice = { index: 0, delta: {}, finish_reason: BLOCKED, native_finish_reason: reason };
    chunks.push(this.#chunk('content', choice));
  }

  #addUsage(chunks: StreamChunk[]): void {
    const told = typeof this.#usage === 'string' ? parseJson(this.#usage) : this.#usage;
    if (!isRecord(told)) return;
    const usage = chatUsage(told);
    const tier = servedTier(told);
    if (usage)
      chunks.push(this.#chunk('usage', undefined, { usage, ...(tier !== undefined && { service_tier: tier }) }));
  }

  /** Most chunks are a piece of text: only that is written anew. */
  #textChunk(index: number, text: string): StreamChunk {
    const head = `${this.#head}"choices":[{"index":${index},"delta":{"content":`;
    const data = `${head}${JSON.stringify(text)}},"finish_reason":null}]}`;
    this.#assembly.addText(index, text, data.length);
    return { kind: 'content', data, text };
  }

  #chunk(kind: StreamChunk['kind'], choice: JsonRecord | undefined, members: JsonRecord = {}): StreamChunk {
    const base = this.#baseOfChunks();
    const chunk = { ...base, choices: choice ? [choice] : [], ...members };
    const data = this.isStreamed ? JSON.stringify(chunk) : '';
    this.#assembly.add(chunk, data.length);
    return { kind, data };
  }

  /** The members that all chunks have, from the first response on. */
  #baseOfChunks(): JsonRecord {
    if (this.#base === undefined) {
      this.#base = {
        id: `chatcmpl-${this.#id ?? this.call.requestId}`,
        object: 'chat.completion.chunk',
        created: secondsOfUlid(this.call.requestId),
        model: this.#model ?? this.call.upstreamModel,
      };
      this.#head = `${JSON.stringify(this.#base).slice(0, -1)},`;
    }
    return this.#base;
  }
}

/**
 * The token of an answer that is only a part: the caller gets the rest with the same request and the token in
 * `extra_body.google.continuation_token`.
 */
function continuationOf({ continuationToken: token }: JsonRecord): JsonRecord {
  const given = nonEmptyString(token);
  return given === undefined ? {} : { extra_content: { google: { continuation_token: given } } };
}

/** A response that failed, in the shape of the vendor's errors. */
function failureOf(reason: string, message: string | undefined): JsonRecord {
  const detail = message === undefined ? '' : ` ${message}`;
  return {
    code: 502,
    status: reason,
    message: `The model did not finish its answer (finish reason ${reason}).${detail}`,
  };
}
