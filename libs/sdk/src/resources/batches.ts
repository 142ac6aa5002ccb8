import type { BatchList, BatchObject, ChatCompletion, ChatRequest, ErrorBody } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';
import { ThriftgateError } from '../thriftgate-error';
import type { Files } from './files';

const DEFAULT_POLL_MS = 2_000;
const ENDED: BatchObject['status'][] = ['completed', 'failed', 'expired', 'cancelled'];

/** One question of a batch. */
export interface BatchRequest {
  /** Yours; comes back with the answer. Unique in the batch. */
  custom_id: string;
  method?: 'POST';
  /** The batch's endpoint where it is left out. */
  url?: string;
  body: ChatRequest;
}

/** The lines in one of three forms, and what holds for all of them. */
export type CreateBatch = {
  endpoint?: '/v1/chat/completions';
  /** `1h` to `24h`. */
  completion_window?: string;
  metadata?: Record<string, string> | null;
} & ({ requests: BatchRequest[] } | { input_file_id: string } | { input_file_content: string });

/** One line of an output or error file. */
export interface BatchResult {
  id: string;
  custom_id: string;
  /** What the line was answered with, an error by the model's provider too; null where it was not asked. */
  response: { status_code: number; request_id: string; body: ChatCompletion | ErrorBody } | null;
  error: { code: string; message: string } | null;
}

export interface WaitOptions extends CallOptions {
  /** Milliseconds between two looks at the batch. */
  pollMs?: number;
}

/** `/v1/batches`. */
export class Batches {
  constructor(
    private readonly http: HttpClient,
    private readonly files: Files,
  ) {}

  create(batch: CreateBatch, options?: CallOptions): Promise<BatchObject> {
    return this.http.json('POST', '/v1/batches', { ...options, body: withMethods(batch) });
  }

  retrieve(id: string, options?: CallOptions): Promise<BatchObject> {
    return this.http.json('GET', path`/v1/batches/${id}`, options);
  }

  list(query: { after?: string; limit?: number } = {}, options?: CallOptions): Promise<BatchList> {
    return this.http.json('GET', '/v1/batches', { ...options, query });
  }

  cancel(id: string, options?: CallOptions): Promise<BatchObject> {
    return this.http.json('POST', path`/v1/batches/${id}/cancel`, options);
  }

  /** The batch when it has ended, well or not. Waits on where the gateway says "later"; a `signal` ends the wait. */
  async waitFor(id: string, { pollMs = DEFAULT_POLL_MS, ...options }: WaitOptions = {}): Promise<BatchObject> {
    for (;;) {
      const look = await this.retrieve(id, options).catch(secondsToWait);
      if (typeof look !== 'number' && ENDED.includes(look.status)) return look;
      const waitMs = typeof look === 'number' ? Math.max(pollMs, look * 1000) : pollMs;
      await delay(waitMs, options.signal);
    }
  }

  /** Every line's end: first those of the output file, then those of the error file. */
  async *results(batch: BatchObject, options?: CallOptions): AsyncGenerator<BatchResult, void, undefined> {
    for (const fileId of [batch.output_file_id, batch.error_file_id]) {
      if (fileId === null) continue;
      for await (const line of this.files.lines(fileId, options))
        if (line !== '') yield JSON.parse(line) as BatchResult;
    }
  }
}

function withMethods(batch: CreateBatch): CreateBatch {
  if (!('requests' in batch)) return batch;
  return { ...batch, requests: batch.requests.map((request) => ({ method: 'POST', ...request })) };
}

/** @throws the signal's reason when it is aborted meanwhile */
function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function secondsToWait(error: unknown): number {
  if (error instanceof ThriftgateError && error.retryAfterSeconds !== null) return error.retryAfterSeconds;
  throw error;
}
