import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord, parseJson } from '../json-record';
import { IncomingResponse } from '../transport/incoming-response';
import {
  type AbortSignalLike,
  UpstreamTransportError,
  type UpstreamResponse,
  type UpstreamTransport,
} from '../transport/upstream-transport';
import type { HttpRequest } from '../translator';
import { simulateCompletion } from './simulated-answer';
import { SimulatedBatchServer } from './simulated-batch-server';
import type { SimulatedPace } from './simulated-batches';
import {
  failureOf,
  readBehaviour,
  SIMULATE_HEADER,
  type SimulatedBehaviour,
  simulatedError,
} from './simulated-behaviour';
import { simulateEmbeddings } from './simulated-embeddings';
import { readSimulatedRequest, SimulatedBadRequest } from './simulated-request';
import { streamCompletion } from './simulated-stream';

export interface SimulatorOptions {
  /** The delay before the headers of each response. Default 0. */
  latencyMs?: number;
  /** Unix time in milliseconds, for `created`. */
  now?: () => number;
  /** How fast its batches run, where it differs. */
  pace?: Partial<SimulatedPace>;
}

/** How long a call that hangs waits where no time-out is set, in milliseconds. */
const HANGS_MS = 600_000;

/** An OpenAI upstream inside this process, to use the gateway without a provider's key. */
export class SimulatorTransport implements UpstreamTransport {
  readonly #latencyMs: number;
  readonly #now: () => number;
  readonly #batches: SimulatedBatchServer;

  constructor(options: SimulatorOptions = {}) {
    this.#latencyMs = options.latencyMs ?? 0;
    this.#now = options.now ?? Date.now;
    this.#batches = new SimulatedBatchServer(this.#now, options.pace);
  }

  async send(
    request: HttpRequest,
    options: { signal?: AbortSignalLike; timeouts?: { firstByteTimeoutMs?: number } | undefined } = {},
  ): Promise<UpstreamResponse> {
    const { signal, timeouts } = options;
    try {
      const ofBatches = await this.#batches.answer(request);
      if (ofBatches) return respond(ofBatches.status, ofBatches.body);
      const text = String(request.body);
      const parsed = parseJson(text);
      const behaviour = readBehaviour(
        request.headers[SIMULATE_HEADER],
        isRecord(parsed) ? parsed : {},
        this.#latencyMs,
      );
      await waitFor(behaviour, timeouts?.firstByteTimeoutMs, signal);
      const failure = failureOf(behaviour, chanceOf(text));
      if (failure !== undefined) return respond(failure, simulatedError(failure), behaviour.retryAfterSeconds);
      const { pathname } = new URL(request.url);
      if (pathname.endsWith('/embeddings')) return respond(200, simulateEmbeddings(parsed));
      if (pathname.endsWith('/chat/completions')) return this.#answer(parsed, text, behaviour, signal);
      return respond(404, badRequest('The simulator supports chat completions and embeddings only.', null));
    } catch (error) {
      if (error instanceof SimulatedBadRequest) return respond(400, badRequest(error.message, error.param));
      throw error;
    }
  }

  async close(): Promise<void> {
    // There is no connection to end.
  }

  #answer(
    parsed: unknown,
    text: string,
    behaviour: SimulatedBehaviour,
    signal: AbortSignalLike | undefined,
  ): UpstreamResponse {
    const chat = readSimulatedRequest(parsed);
    const completion = simulateCompletion(chat, text, Math.floor(this.#now() / 1_000));
    if (!chat.stream) return respond(200, completion);
    const response = responseOf(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    void pushEvents(response, streamCompletion(completion, chat.includeUsage), behaviour, signal);
    return response;
  }
}

/** @throws UpstreamTransportError where the call is cancelled, or hangs for longer than it may */
async function waitFor(
  { latencyMs, hangs }: SimulatedBehaviour,
  firstByteTimeoutMs = HANGS_MS,
  signal: AbortSignalLike | undefined,
): Promise<void> {
  const isLate = hangs || latencyMs > firstByteTimeoutMs;
  const waitMs = isLate ? firstByteTimeoutMs : latencyMs;
  if (waitMs > 0 && !signal?.aborted) await sleep(waitMs, signal);
  if (signal?.aborted) throw new UpstreamTransportError('aborted', 'The request was cancelled.', false);
  if (isLate) throw new UpstreamTransportError('first_byte_timeout', 'The simulator did not answer in time.', true);
}

/** Delivers a stream at its pace, up to where it breaks off. */
async function pushEvents(
  response: IncomingResponse,
  events: string[],
  { gapMs, cutAfter }: SimulatedBehaviour,
  signal: AbortSignalLike | undefined,
): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (cutAfter > 0 && index === cutAfter)
      return response.fail(new UpstreamTransportError('reset', 'The simulator broke off its stream.', true));
    if (gapMs > 0 && index > 0) await sleep(gapMs, signal);
    if (signal?.aborted) return;
    response.push(Buffer.from(event));
  }
  response.end();
}

/** @param body JSON, or a text that is ready */
function respond(status: number, body: JsonRecord | string, retryAfterSeconds = 0): UpstreamResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (retryAfterSeconds > 0) headers['retry-after'] = String(retryAfterSeconds);
  const response = responseOf(status, headers);
  response.push(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  response.end();
  return response;
}

function responseOf(status: number, headers: Record<string, string>): IncomingResponse {
  return new IncomingResponse(status, headers, NO_SOURCE, Infinity);
}

/** There is no source to pause or close. */
const NO_SOURCE = { pause() {}, resume() {}, abort() {} };

function badRequest(message: string, param: string | null): JsonRecord {
  return { error: { message, type: 'invalid_request_error', param, code: null } };
}

/** A number from 0 to 1, the same for equal bodies. */
function chanceOf(body: string): number {
  return createHash('sha256').update(body).digest().readUInt32BE(0) / 2 ** 32;
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
