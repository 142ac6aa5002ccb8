import { IncomingResponse } from '../transport/incoming-response';
import { parseJson } from '../json-record';
import type { UpstreamRequest } from '../translator';
import {
  type AbortSignalLike,
  UpstreamTransportError,
  type UpstreamResponse,
  type UpstreamTransport,
} from '../transport/upstream-transport';
import { readSimulatedRequest, SimulatedBadRequest, simulateCompletion } from './simulated-answer';
import { simulateEmbeddings } from './simulated-embeddings';
import { streamCompletion } from './simulated-stream';

export interface SimulatorOptions {
  /** The delay before the headers of each response. Default 0. */
  latencyMs?: number;
  /** Unix time in milliseconds, for `created`. */
  now?: () => number;
}

/** An OpenAI upstream inside this process, to use the gateway without a provider's key. */
export class SimulatorTransport implements UpstreamTransport {
  readonly #latencyMs: number;
  readonly #now: () => number;

  constructor(options: SimulatorOptions = {}) {
    this.#latencyMs = options.latencyMs ?? 0;
    this.#now = options.now ?? Date.now;
  }

  async send(request: UpstreamRequest, options: { signal?: AbortSignalLike } = {}): Promise<UpstreamResponse> {
    const { signal } = options;
    const aborted = new UpstreamTransportError('aborted', 'The request was cancelled.', false);
    if (this.#latencyMs > 0 && !signal?.aborted) await sleep(this.#latencyMs, signal);
    if (signal?.aborted) throw aborted;
    const { pathname } = new URL(request.url);
    try {
      const body = String(request.body);
      if (pathname.endsWith('/embeddings')) return respond(200, [JSON.stringify(simulateEmbeddings(parseJson(body)))]);
      if (!pathname.endsWith('/chat/completions'))
        return respond(404, [errorBody('The simulator supports chat completions and embeddings only.', null)]);
      const chat = readSimulatedRequest(parseJson(body));
      const completion = simulateCompletion(chat, body, Math.floor(this.#now() / 1_000));
      return chat.stream
        ? respond(200, streamCompletion(completion, chat.includeUsage), 'text/event-stream; charset=utf-8')
        : respond(200, [JSON.stringify(completion)]);
    } catch (error) {
      if (error instanceof SimulatedBadRequest) return respond(400, [errorBody(error.message, error.param)]);
      throw error;
    }
  }

  async close(): Promise<void> {
    // There is no connection to end.
  }
}

function respond(status: number, parts: string[], contentType = 'application/json'): UpstreamResponse {
  const response = new IncomingResponse(status, { 'content-type': contentType }, NO_SOURCE, Infinity);
  for (const part of parts) response.push(Buffer.from(part));
  response.end();
  return response;
}

/** The whole body is available at once, so there is no source to pause or close. */
const NO_SOURCE = { pause() {}, resume() {}, abort() {} };

function errorBody(message: string, param: string | null): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param, code: null } });
}

/** Resolves after `ms`, or earlier when the signal fires. */
function sleep(ms: number, signal: AbortSignalLike | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}
