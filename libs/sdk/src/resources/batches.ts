import type { BatchList, BatchObject, BatchQuote, ChatCompletion, ChatRequest, ErrorBody } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';
import { ThriftgateError } from '../thriftgate-error';
import type { Files } from './files';

const DEFAULT_POLL_MS = 2_000;
const ENDED: BatchObject['status'][] = ['completed', 'failed', 'expired', 'cancelled'];

/** One line of a batch. */
export interface BatchRequest {
  /** Your own id, returned with the result. Unique in the batch. */
  custom_id: string;
  method?: 'POST';
  /** Default: the batch's endpoint. */
  url?: string;
  body: ChatRequest;
}

/** The lines in one of three forms, and the options of the batch. */
export type CreateBatch = {
  /** Of lines without a `url`; `/v1/chat/completions` by default. */
  endpoint?: '/v1/chat/completions' | '/v1/responses' | '/v1/messages' | '/v1/embeddings';
  /** `1h` to `24h`. */
  completion_window?: string;
  metadata?: Record<string, string> | null;
  /** `escalate`: what a vendor's batch has not run near the end of the window runs as live calls. */
  gateway?: { escalate?: boolean };
} & ({ requests: BatchRequest[] } | { input_file_id: string } | { input_file_content: string });

/** One line of an output or error file. */
export interface BatchResult {
  id: string;
  custom_id: string;
  /** The response to the line, also an error response of the provider; null if the line did not run. */
  response: { status_code: number; request_id: string; body: ChatCompletion | ErrorBody } | null;
  error: { code: string; message: string } | null;
}

export interface WaitOptions extends CallOptions {
  /** Milliseconds between two requests for the batch. */
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

  /** What the batch would cost. Spends nothing. */
  quote(batch: CreateBatch, options?: CallOptions): Promise<BatchQuote> {
    return this.http.json('POST', '/v1/batches/quote', { ...options, body: withMethods(batch) });
  }

  /** Makes a batch of the lines of an ended one that have no response. */
  retry(id: string, options?: CallOptions): Promise<BatchObject> {
    return this.http.json('POST', path`/v1/batches/${id}/retry`, options);
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

  /** Waits until the batch ends, in any status. Keeps waiting on errors with `Retry-After`; a `signal` ends the wait. */
  async waitFor(id: string, { pollMs = DEFAULT_POLL_MS, ...options }: WaitOptions = {}): Promise<BatchObject> {
    for (;;) {
      const current = await this.retrieve(id, options).catch(secondsToWait);
      if (typeof current !== 'number' && ENDED.includes(current.status)) return current;
      const waitMs = typeof current === 'number' ? Math.max(pollMs, current * 1000) : pollMs;
      await delay(waitMs, options.signal);
    }
  }

  /** The results of all lines: first those of the output file, then those of the error file. */
  async *results(batch: BatchObject, options?: CallOptions): AsyncGenerator<BatchResult, void, undefined> {
    for (const fileId of [batch.output_file_id, batch.error_file_id]) {
      if (fileId === null) continue;
      for await (const line of this.files.lines(fileId, options))
        if (line !== '') yield JSON.parse(line) as BatchResult;
    }
  }
}

/** The batch with the method of each line. */
export function withMethods<Batch extends CreateBatch>(batch: Batch): Batch {
  if (!('requests' in batch)) return batch;
  return { ...batch, requests: batch.requests.map((request) => ({ method: 'POST', ...request })) };
}

/** @throws the signal's reason when the signal aborts */
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
