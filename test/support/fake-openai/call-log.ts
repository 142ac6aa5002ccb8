import { closeSync, openSync, writeSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';

/** The tokens that the vendor charges, counted as in OpenAI's `usage` (cached and reasoning tokens are parts, not additions). */
export interface TokenBill {
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
}

/** One call that reached the vendor; completed while the vendor responds. */
export interface FakeCall {
  /** 1 for the first call since start or reset. */
  seq: number;
  /** Unix milliseconds at which the whole request had arrived. */
  at: number;
  /** The client's port, which identifies the connection. */
  port: number | undefined;
  method: string;
  /** Path with its query, `/v1/...`. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined if there was none (GET, multipart). */
  body: unknown;
  /** The text of the body. */
  text: string;
  /** The `x-request-id` that the client sent. */
  requestId: string | undefined;
  /** The requested model. */
  model: string | undefined;
  /** Members of a chat request that are not in OpenAI's API. */
  unknownMembers: string[];
  /** HTTP status of the response; undefined before it, and if the socket was destroyed first. */
  status: number | undefined;
  /** Body bytes written to the socket. */
  bytesSent: number;
  /** Whether the client disconnected before the end of the response (the fake's own cuts do not count). */
  clientAborted: boolean;
  abortedAt: number | undefined;
  endedAt: number | undefined;
  /** The charge of this call; undefined if there is none. */
  billed: TokenBill | undefined;
}

/** One batch line that the vendor ran. */
export interface FakeBatchLine {
  at: number;
  batchId: string;
  customId: string;
  /** The id of the response to this line, as in the output file. */
  requestId: string;
  model: string;
  body: unknown;
  status: number;
  billed: TokenBill | undefined;
}

export const BATCH_PRICE_FACTOR = 0.5;

export interface InvoiceSums extends TokenBill {
  calls: number;
  /** The factor on the list price: 1, or 0.5 for batch lines. */
  price_factor: number;
}

/** The vendor's charges by requested model, with each charged call and each charged batch line once. */
export interface Invoice {
  models: Record<string, { standard: InvoiceSums; batch: InvoiceSums }>;
  /** By the client's `x-request-id`; several calls if the client sent the same id again. */
  requests: Record<string, InvoiceSums & { model: string }>;
  batches: Record<string, InvoiceSums & { model: string }>;
}

export function emptySums(priceFactor: number): InvoiceSums {
  return {
    calls: 0,
    price_factor: priceFactor,
    prompt_tokens: 0,
    cached_tokens: 0,
    completion_tokens: 0,
    reasoning_tokens: 0,
  };
}

/** Adds a call to the sums, if it was charged. */
export function add(sums: InvoiceSums, bill: TokenBill | undefined): void {
  if (bill === undefined) return;
  sums.calls += 1;
  sums.prompt_tokens += bill.prompt_tokens;
  sums.cached_tokens += bill.cached_tokens;
  sums.completion_tokens += bill.completion_tokens;
  sums.reasoning_tokens += bill.reasoning_tokens;
}

/** The vendor's record of the calls that reached it: in memory and, if a file is given, on disk before the response. */
export class CallLog {
  readonly calls: FakeCall[] = [];
  readonly batchLines: FakeBatchLine[] = [];
  private file: number | undefined;
  private lastSeq = 0;

  constructor(logFile?: string) {
    this.file = logFile === undefined ? undefined : openSync(logFile, 'a');
  }

  arrive(call: Omit<FakeCall, 'seq'>): FakeCall {
    const entry: FakeCall = { seq: ++this.lastSeq, ...call };
    this.calls.push(entry);
    const { seq, at, method, path, requestId, model, body } = entry;
    this.append({ event: 'arrived', seq, at, method, path, request_id: requestId, model, body });
    return entry;
  }

  end(call: FakeCall): void {
    if (call.endedAt !== undefined) return;
    call.endedAt = Date.now();
    this.append({
      event: 'ended',
      seq: call.seq,
      at: call.endedAt,
      request_id: call.requestId,
      status: call.status,
      bytes_sent: call.bytesSent,
      client_aborted: call.clientAborted,
      billed: call.billed,
    });
  }

  addBatchLine(line: FakeBatchLine): void {
    this.batchLines.push(line);
    const { at, batchId, customId, requestId, model, body, status, billed } = line;
    this.append({
      event: 'batch_line',
      at,
      batch_id: batchId,
      custom_id: customId,
      request_id: requestId,
      model,
      body,
      status,
      billed,
    });
  }

  invoice(): Invoice {
    const invoice: Invoice = { models: {}, requests: {}, batches: {} };
    const sumsOf = (model: string) =>
      (invoice.models[model] ??= { standard: emptySums(1), batch: emptySums(BATCH_PRICE_FACTOR) });
    for (const { model, requestId, billed } of this.calls) {
      if (billed === undefined || model === undefined) continue;
      add(sumsOf(model).standard, billed);
      if (requestId !== undefined) add((invoice.requests[requestId] ??= { model, ...emptySums(1) }), billed);
    }
    for (const { model, batchId, billed } of this.batchLines) {
      if (billed === undefined) continue;
      add(sumsOf(model).batch, billed);
      add((invoice.batches[batchId] ??= { model, ...emptySums(BATCH_PRICE_FACTOR) }), billed);
    }
    return invoice;
  }

  reset(): void {
    this.calls.length = 0;
    this.batchLines.length = 0;
    this.lastSeq = 0;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private append(record: object): void {
    if (this.file !== undefined) writeSync(this.file, `${JSON.stringify(record)}\n`);
  }
}
