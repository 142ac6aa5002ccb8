import { isRecord, nonEmptyString, parseJson, type JsonRecord } from '../../json-record';
import { EventWriter, type ResponseEvent } from '../../responses/event-writer';
import { failedResponse } from '../../responses/failed-response';
import type { ProviderError, Reply, SseEvent, StreamChunk, StreamDecoder, UpstreamCall } from '../../translator';
import { OverChatStream } from '../over-chat-stream';
import { toResponse } from './completion-response';
import { ending, ResponseIds, responseBase, responseUsage, statusOf, toJson } from './response-base';
import { ResponseOutput } from './response-output';

/**
 * The chunks of a chat completion as the events of a response. What comes before the first content is written with it, so
 * that a stream without content can still go elsewhere.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponseStream extends OverChatStream {
  readonly #events = new EventWriter();
  readonly #output: ResponseOutput;
  #base: JsonRecord = {};
  #finishReason: string | undefined;
  /** The whole response, once the stream has ended. */
  #reply: Reply | undefined;

  constructor(
    chat: StreamDecoder,
    private readonly call: UpstreamCall,
  ) {
    super(chat);
    this.#output = new ResponseOutput(this.#events, call.body);
  }

  push(event: SseEvent): StreamChunk[] {
    return this.chat.push(event).flatMap((chunk) => {
      if (chunk.kind === 'error') return [chunk];
      if (chunk.kind === 'done') return [...this.close(), { kind: 'done' as const, data: '' }];
      return this.#translate(chunk);
    });
  }

  assemble(): Reply {
    return this.#reply ?? toResponse(this.chat.assemble(), this.call);
  }

  close(error?: Pick<ProviderError, 'code' | 'message'>): StreamChunk[] {
    if (this.#reply) return [];
    return error ? [this.#fail(error)] : this.#complete();
  }

  #translate({ data, text }: StreamChunk): StreamChunk[] {
    if (text !== undefined && this.#output.hasBegun) return contentChunks(this.#output.addText(text));
    const chunk = parseJson(data);
    if (!isRecord(chunk)) return [];
    const [choice]: unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    const { delta, logprobs, finish_reason: finishReason } = recordOf(choice);
    this.#finishReason = nonEmptyString(finishReason) ?? this.#finishReason;
    if (!isRecord(delta)) return [];
    this.#output.keepReasoning(delta);
    const isFirst = !this.#output.hasBegun;
    if (isFirst && !this.#output.isContent(delta)) return [];
    const beginning = isFirst ? this.#begin(chunk) : [];
    return contentChunks([...beginning, ...this.#output.add(delta, logprobs)]);
  }

  /** @param chunk the first one with content, which names the completion */
  #begin(chunk: JsonRecord): ResponseEvent[] {
    const ids = new ResponseIds(chunk.id, this.call.requestId);
    this.#base = responseBase(this.call.body, ids, chunk);
    this.#output.begin(ids);
    const response = toJson(this.#base);
    return [
      this.#events.ofResponse('response.created', response),
      this.#events.ofResponse('response.in_progress', response),
    ];
  }

  /** Ends the open item, then the response. */
  #complete(): StreamChunk[] {
    const { body, facts, turn } = this.chat.assemble();
    const beginning = this.#output.hasBegun ? [] : this.#begin(recordOf(parseJson(body.toString())));
    const status = statusOf(this.#finishReason);
    const events = [...beginning, ...this.#output.end(status)];
    const response = toJson({
      ...this.#base,
      ...ending(this.#finishReason),
      ...(facts.serviceTier !== undefined && { service_tier: facts.serviceTier }),
      output: this.#output.items,
      usage: responseUsage(facts.usage),
    });
    this.#reply = { body: Buffer.from(response), facts, turn };
    const last = this.#events.ofResponse(`response.${status}`, response);
    return [...contentChunks(events), { kind: 'usage', ...last }];
  }

  #fail(error: Pick<ProviderError, 'code' | 'message'>): StreamChunk {
    const { usage } = this.chat.assemble().facts;
    const soFar = { ...this.#base, output: this.#output.unfinished, usage: responseUsage(usage) };
    const response = toJson(failedResponse(soFar, error));
    return { kind: 'content', ...this.#events.ofResponse('response.failed', response) };
  }
}

function contentChunks(events: readonly ResponseEvent[]): StreamChunk[] {
  return events.map((event) => ({ kind: 'content', ...event }));
}

function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}
