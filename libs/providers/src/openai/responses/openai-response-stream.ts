import { isRecord, nameOf, parseJson, type JsonRecord } from '../../json-record';
import { withoutEcho } from '../../responses/echo';
import { failedResponse } from '../../responses/failed-response';
import { responseFacts } from '../../responses/response-facts';
import type { ProviderError, Reply, SseEvent, StreamChunk, StreamDecoder } from '../../translator';
import { PartialOutput } from './partial-output';
import { errorOfEvent, errorOfResponse } from './response-errors';

const NOT_JSON = JSON.stringify({
  error: {
    message: 'The upstream sent an event that is not a JSON object.',
    type: 'upstream_error',
    code: 'upstream_error',
  },
});
/** Events with the whole response. */
const LIFECYCLE = new Set(['response.created', 'response.queued', 'response.in_progress']);
/** Events that say nothing yet: until others come, the call can still go elsewhere. */
const WITHOUT_CONTENT = new Set([
  ...LIFECYCLE,
  'response.output_item.added',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
]);
const ENDS = new Set(['response.completed', 'response.incomplete']);
/** So many events are held back before the first content. */
const MAX_HELD = 64;

/**
 * Classifies the events of a stream of OpenAI's Responses. Their data passes unchanged; only events with the whole response
 * are read at once.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class OpenAiResponseStream implements StreamDecoder {
  /** The newest whole response. */
  #response: JsonRecord = {};
  #isWhole = false;
  #contentBegan = false;
  #held: StreamChunk[] = [];
  /** For a stream that breaks off. */
  readonly #output = new PartialOutput();
  #next = 0;

  get ended(): boolean {
    return this.#isWhole;
  }

  get finished(): boolean {
    return this.#isWhole;
  }

  get upstreamModel(): string | undefined {
    return nameOf(this.#response.model);
  }

  push({ event, data }: SseEvent): StreamChunk[] {
    if (this.#isWhole || data === '' || data.startsWith('[DONE]')) return [];
    if (event !== undefined && !isReadAtOnce(event)) return this.#unread(event, data);
    const parsed = parseJson(data);
    if (!isRecord(parsed)) return [{ kind: 'error', data: NOT_JSON }];
    const type = event ?? String(parsed.type);
    if (type === 'error' || isRecord(parsed.error)) {
      if (isRecord(parsed.usage)) this.#response = { ...this.#response, usage: parsed.usage };
      return [{ kind: 'error', data: JSON.stringify({ error: errorOfEvent(parsed) }) }];
    }
    return isRecord(parsed.response) ? this.#lifecycle(type, parsed, parsed.response, data) : this.#unread(type, data);
  }

  #unread(event: string, data: string): StreamChunk[] {
    this.#output.add(data);
    return this.#pass({ kind: 'content', event, data });
  }

  assemble(): Reply {
    const response = this.#isWhole ? this.#response : this.#soFar;
    return { body: Buffer.from(JSON.stringify(response)), facts: responseFacts(response) };
  }

  close(error?: Pick<ProviderError, 'code' | 'message'>): StreamChunk[] {
    if (!error || this.#isWhole) return [];
    const sequence = this.#lastSequence + 1;
    const failed = { type: 'response.failed', sequence_number: sequence, response: failedResponse(this.#soFar, error) };
    return [{ kind: 'content', event: failed.type, data: JSON.stringify(failed) }];
  }

  #lifecycle(type: string, event: JsonRecord, whole: JsonRecord, data: string): StreamChunk[] {
    const response = withoutEcho(whole);
    this.#response = response;
    const sent = response === whole ? data : JSON.stringify({ ...event, response });
    this.#next = Number(event.sequence_number ?? this.#next) + 1;
    if (type === 'response.failed')
      return [{ kind: 'error', data: JSON.stringify({ error: errorOfResponse(response) }) }];
    if (!ENDS.has(type)) return this.#pass({ kind: 'content', event: type, data: sent });
    this.#isWhole = true;
    return [...this.#release(), { kind: 'usage', event: type, data: sent }, { kind: 'done', data: '' }];
  }

  /** Holds events back until the first that says something, and then passes them all. */
  #pass(chunk: StreamChunk): StreamChunk[] {
    if (this.#contentBegan) return [chunk];
    this.#held.push(chunk);
    const isContent = !WITHOUT_CONTENT.has(chunk.event ?? '') || this.#held.length > MAX_HELD;
    return isContent ? this.#release() : [];
  }

  #release(): StreamChunk[] {
    this.#contentBegan = true;
    const held = this.#held;
    this.#held = [];
    return held;
  }

  /** The response with what came of its output. */
  get #soFar(): JsonRecord {
    return { ...this.#response, output: this.#output.items };
  }

  get #lastSequence(): number {
    return Math.max(this.#next - 1, this.#output.lastSequence);
  }
}

function isReadAtOnce(event: string): boolean {
  return LIFECYCLE.has(event) || ENDS.has(event) || event === 'response.failed' || event === 'error';
}
