import { CompletionAssembly } from '../../endpoints/chat-completions/completion-assembly';
import { isRecord, type JsonRecord, nameOf, nonEmptyString } from '../../json-record';
import { secondsOf } from '../../request-time';
import { outputOf, partsOf, responseFacts } from '../../responses/response-facts';
import type { Reply, StreamChunk, TokenUsage, UpstreamCall } from '../../translator';
import { completionUsage } from '../../usage/completion-usage';
import { readUsage } from '../../usage/read-usage';
import { turnToKeep } from './earlier-reasoning';
import { type ItemDeltas, openItem } from './item-deltas';

/** Writes one response as chunks of chat completions, in the order in which its items come. */
export class ResponseAnswer {
  private readonly assembly = new CompletionAssembly();
  private readonly open = new Map<unknown, ItemDeltas>();
  private readonly items: JsonRecord[] = [];
  private head: JsonRecord | undefined;
  private textHead = '';
  private callCount = 0;
  private usage: TokenUsage | undefined;
  private serviceTier: string | undefined;

  constructor(private readonly call: UpstreamCall) {}

  get upstreamModel(): string | undefined {
    return nameOf(this.head?.model);
  }

  /** The beginning: a chunk with the role. */
  start(response: JsonRecord): StreamChunk[] {
    return this.head === undefined ? [this.begin(response)] : [];
  }

  startItem(index: unknown, item: JsonRecord): StreamChunk[] {
    const deltas = openItem(item, typeof index === 'number' ? index : this.items.length, () => this.callCount++);
    if (deltas === undefined) return [];
    this.open.set(index, deltas);
    return [...this.start({}), ...deltas.start().map((delta) => this.chunk(delta))];
  }

  event(type: string, event: JsonRecord): StreamChunk[] {
    const deltas = this.open.get(event.output_index)?.event(type, event) ?? [];
    return deltas.map((delta) => this.contentChunk(delta, listOf(event.logprobs)));
  }

  stopItem(index: unknown, item: JsonRecord): StreamChunk[] {
    const begun = this.open.has(index) ? [] : this.startItem(index, item);
    const deltas = this.open.get(index)?.stop(item) ?? [];
    this.open.delete(index);
    this.items.push(item);
    const logprobs = partsOf(item.content).flatMap((part) => listOf(part.logprobs));
    return [...begun, ...deltas.map((delta) => this.contentChunk(delta, logprobs))];
  }

  /** The end: the finish reason, then the counts. @param response the whole one */
  end(response: JsonRecord): StreamChunk[] {
    const begun = this.start(response);
    const facts = responseFacts({ ...response, output: this.items.length > 0 ? this.items : outputOf(response) });
    this.usage = facts.usage;
    this.serviceTier = facts.serviceTier;
    const [finishReason = null] = facts.finishReasons;
    const { status, incomplete_details: details } = response;
    const reason = (isRecord(details) ? nonEmptyString(details.reason) : undefined) ?? nonEmptyString(status);
    const end = { finish_reason: finishReason, ...(reason !== undefined && { native_finish_reason: reason }) };
    return [...begun, this.chunk({}, end), ...this.usageChunk()];
  }

  /** Takes the counts of a response that failed, or of an error, if it has any: what it has cost counts. */
  count({ usage }: JsonRecord): void {
    this.usage = readUsage(usage) ?? this.usage;
  }

  /** What cannot be read makes the answer an incomplete one. */
  markIncomplete(): void {
    this.assembly.markIncomplete();
  }

  reply(): Reply {
    const { body, facts } = this.assembly.reply();
    const { usage, serviceTier } = this;
    return { body, facts: { ...facts, usage, serviceTier }, turn: turnToKeep(this.items) };
  }

  private usageChunk(): StreamChunk[] {
    const usage = completionUsage(this.usage);
    if (usage === undefined) return [];
    const chunk = { ...this.head, service_tier: this.serviceTier, choices: [], usage };
    const data = JSON.stringify(chunk);
    this.assembly.add(chunk, data.length);
    return [{ kind: 'usage', data }];
  }

  private begin({ id, created_at: created, model }: JsonRecord): StreamChunk {
    const { requestId, upstreamModel } = this.call;
    this.head = {
      id: nonEmptyString(id)?.replace(/^resp_/, 'chatcmpl-') ?? requestId,
      object: 'chat.completion.chunk',
      created: typeof created === 'number' ? created : secondsOf(requestId),
      model: nonEmptyString(model) ?? upstreamModel,
    };
    const opening = JSON.stringify(this.head).slice(0, -1);
    this.textHead = `${opening},"choices":[{"index":0,"delta":{"content":`;
    // The whole answer has null for a content that never comes, the stream an empty text to begin with.
    this.assembly.add({ ...this.head, choices: [{ index: 0, delta: { role: 'assistant', refusal: null } }] }, 0);
    const delta = '{"role":"assistant","content":"","refusal":null}';
    const data = `${opening},"choices":[{"index":0,"delta":${delta},"finish_reason":null}]}`;
    return { kind: 'lifecycle', data };
  }

  /** @param logprobs of the tokens of a text */
  private contentChunk(delta: JsonRecord, logprobs: unknown[]): StreamChunk {
    if (!isTextAlone(delta)) return this.chunk(delta);
    if (logprobs.length === 0) return this.textChunk(delta.content);
    return this.chunk(delta, { logprobs: { content: logprobs, refusal: null }, finish_reason: null });
  }

  private textChunk(text: string): StreamChunk {
    const data = `${this.textHead}${JSON.stringify(text)}},"finish_reason":null}]}`;
    this.assembly.addText(0, text, data.length);
    return { kind: 'content', data };
  }

  private chunk(delta: JsonRecord, end: JsonRecord = { finish_reason: null }): StreamChunk {
    const chunk = { ...this.head, choices: [{ index: 0, delta, ...end }] };
    const data = JSON.stringify(chunk);
    this.assembly.add(chunk, data.length);
    return { kind: 'content', data };
  }
}

function isTextAlone(delta: JsonRecord): delta is { content: string } {
  return typeof delta.content === 'string' && Object.keys(delta).length === 1;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
