import { CompletionAssembly } from '../../endpoints/chat-completions/completion-assembly';
import { isRecord, type JsonRecord, nameOf, nonEmptyString } from '../../json-record';
import { secondsOf } from '../../request-time';
import type { Reply, StreamChunk, UpstreamCall } from '../../translator';
import { type AnswerBlock, openBlock } from './anthropic-blocks';
import { AnswerTurn } from './anthropic-turn';
import { billedTier, billedUsage, mergedUsage } from '../../usage/anthropic-usage';
import { completionUsage } from '../../usage/completion-usage';

/**
 * Why an answer ended. A reason that is not listed is none to store an answer for, so it counts as an early end.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};
const EARLY_END = 'length';
const NO_EXPLANATION = 'The model refused to answer.';

/** The place of a block that comes in one piece. */
const WHOLE = -1;

/** Writes one answer of Anthropic as chunks of OpenAI's chat completions, in the order in which its parts come. */
export class AnthropicAnswer {
  private readonly assembly = new CompletionAssembly();
  private readonly turn: AnswerTurn;
  private readonly blocks = new Map<unknown, AnswerBlock>();
  private head: JsonRecord | undefined;
  private textHead = '';
  private usage: JsonRecord | undefined;
  /** Whether the counts are those of the whole answer: the first ones have its input alone. */
  private isCounted = false;
  private toolCount = 0;
  private finishReason: string | undefined;

  /** @param isStreamed false writes no data of chunks, for an answer that comes as a whole */
  constructor(
    private readonly call: UpstreamCall,
    private readonly isStreamed = true,
  ) {
    this.turn = new AnswerTurn();
  }

  get upstreamModel(): string | undefined {
    return nameOf(this.head?.model);
  }

  get finished(): boolean {
    return this.finishReason !== undefined;
  }

  /** The beginning of a message. A second one, where another model takes over, begins nothing anew. */
  start(message: JsonRecord): StreamChunk[] {
    if (this.head !== undefined) return [];
    this.usage = mergedUsage(this.usage, message.usage);
    const chunks = [this.begin(message)];
    const content = Array.isArray(message.content) ? message.content : [];
    for (const block of content) chunks.push(...this.startBlock(WHOLE, block), ...this.stopBlock(WHOLE));
    // Where the vendor continues a turn of its own tools, the first event has the whole answer.
    if (nonEmptyString(message.stop_reason) !== undefined) chunks.push(...this.end(message, message.usage));
    return chunks;
  }

  startBlock(index: unknown, block: unknown): StreamChunk[] {
    const begun = this.begun();
    const opened = openBlock(isRecord(block) ? block : {}, {
      call: this.call,
      turn: this.turn,
      nextTool: () => this.toolCount++,
    });
    if (opened === undefined) this.blocks.delete(index);
    else this.blocks.set(index, opened);
    return [...begun, ...(opened?.start() ?? []).map((delta) => this.chunk(delta))];
  }

  delta(index: unknown, delta: unknown): StreamChunk[] {
    const block = this.blocks.get(index);
    if (block === undefined || !isRecord(delta)) return [];
    const text = block.textOf(delta);
    if (text !== undefined) return text === '' ? [] : [this.textChunk(text)];
    return block.delta(delta).map((each) => this.chunk(each));
  }

  stopBlock(index: unknown): StreamChunk[] {
    const block = this.blocks.get(index);
    this.blocks.delete(index);
    return (block?.stop() ?? []).map((delta) => this.chunk(delta));
  }

  /** The end of a message's content, with the counts of the whole message. */
  end(delta: unknown, usage: unknown): StreamChunk[] {
    const begun = this.begun();
    this.count(usage);
    const { stop_reason: given, stop_details: details } = isRecord(delta) ? delta : {};
    const reason = nonEmptyString(given);
    if (reason === undefined || this.finished) return begun;
    this.finishReason = FINISH_REASONS[reason] ?? EARLY_END;
    const refusal = reason === 'refusal' ? [this.chunk({ refusal: explanationOf(details) })] : [];
    return [...begun, ...refusal, this.chunk({}, { finish_reason: this.finishReason, native_finish_reason: reason })];
  }

  /** Takes the counts of the whole answer, if there are any. */
  count(usage: unknown): void {
    this.usage = mergedUsage(this.usage, usage);
    this.isCounted ||= isRecord(usage);
  }

  /** The chunk with the counts, after all others. */
  usageChunk(): StreamChunk[] {
    const usage = completionUsage(this.billed());
    if (usage === undefined) return [];
    const chunk = { ...this.head, service_tier: billedTier(this.usage), choices: [], usage };
    const data = this.dataOf(chunk);
    this.assembly.add(chunk, data.length);
    return [{ kind: 'usage', data }];
  }

  /** What cannot be read makes the answer an incomplete one. */
  markIncomplete(): void {
    this.assembly.markIncomplete();
  }

  reply(): Reply {
    const { body, facts } = this.assembly.reply();
    const serviceTier = billedTier(this.usage);
    return { body, facts: { ...facts, usage: this.billed(), serviceTier }, turn: this.turn.toPutBack() };
  }

  private billed() {
    return this.isCounted ? billedUsage(this.usage) : undefined;
  }

  private begun(): StreamChunk[] {
    return this.head === undefined ? [this.begin({})] : [];
  }

  private begin({ id, model }: JsonRecord): StreamChunk {
    const { requestId, upstreamModel } = this.call;
    this.head = {
      id: nonEmptyString(id) ?? requestId,
      object: 'chat.completion.chunk',
      created: secondsOf(requestId),
      model: nonEmptyString(model) ?? upstreamModel,
    };
    const opening = JSON.stringify(this.head).slice(0, -1);
    this.textHead = `${opening},"choices":[{"index":0,"delta":{"content":`;
    // The whole answer has null for what never comes, the stream an empty text to begin with.
    const begun = { index: 0, delta: { role: 'assistant', refusal: null }, logprobs: null };
    this.assembly.add({ ...this.head, choices: [begun] }, 0);
    const data = `${opening},"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`;
    return { kind: 'lifecycle', data };
  }

  private textChunk(text: string): StreamChunk {
    const data = `${this.textHead}${JSON.stringify(text)}},"finish_reason":null}]}`;
    this.assembly.addText(0, text, data.length);
    return { kind: 'content', data, text };
  }

  private chunk(delta: JsonRecord, end: JsonRecord = { finish_reason: null }): StreamChunk {
    const chunk = { ...this.head, choices: [{ index: 0, delta, ...end }] };
    const data = this.dataOf(chunk);
    this.assembly.add(chunk, data.length);
    return { kind: 'content', data };
  }

  private dataOf(chunk: JsonRecord): string {
    return this.isStreamed ? JSON.stringify(chunk) : '';
  }
}

function explanationOf(details: unknown): string {
  return (isRecord(details) ? nonEmptyString(details.explanation) : undefined) ?? NO_EXPLANATION;
}
