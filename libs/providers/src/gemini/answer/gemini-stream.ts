import { parseExact } from '../../exact-json';
import { isRecord } from '../../json-record';
import type { Reply, SseEvent, StreamChunk, StreamDecoder, UpstreamCall } from '../../translator';
import { GeminiAnswer } from './gemini-answer';
import { GeminiTextTemplate } from './gemini-text-template';

const NOT_JSON = JSON.stringify({
  error: { code: 502, message: 'The upstream sent an event that is not a JSON object.' },
});

/**
 * Reads a stream of `streamGenerateContent?alt=sse`. Each event is a whole response with new parts. There is no end mark: a
 * stream is complete when every candidate has a finish reason and the body has ended cleanly.
 *
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class GeminiStream implements StreamDecoder {
  readonly ended = false;
  readonly #answer: GeminiAnswer;
  #template: GeminiTextTemplate | undefined;

  constructor(call: UpstreamCall) {
    this.#answer = new GeminiAnswer(call);
  }

  get finished(): boolean {
    return this.#answer.finished;
  }

  get upstreamModel(): string | undefined {
    return this.#answer.upstreamModel;
  }

  push({ data }: SseEvent): StreamChunk[] {
    // Some proxies add OpenAI's end mark.
    if (data === '' || data === '[DONE]') return [];
    const piece = this.#template?.read(data);
    if (piece) return this.#answer.addText(piece);
    const parsed = parsedOf(data);
    const response: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
    if (!isRecord(response)) {
      this.#answer.markIncomplete();
      return [{ kind: 'error', data: NOT_JSON }];
    }
    if (isRecord(response.error)) {
      this.#answer.count(response);
      this.#answer.markIncomplete();
      return [{ kind: 'error', data: JSON.stringify({ error: response.error }) }];
    }
    this.#template = GeminiTextTemplate.of(response, data);
    return this.#answer.add(response);
  }

  assemble(): Reply {
    return this.#answer.reply();
  }
}

function parsedOf(data: string): unknown {
  try {
    return parseExact(data);
  } catch {
    return undefined;
  }
}
