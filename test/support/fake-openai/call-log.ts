import { closeSync, openSync, writeSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';

/** What the vendor charges for: tokens, as OpenAI's `usage` counts them (cached and reasoning tokens are parts, not additions). */
export interface TokenBill {
  prompt_tokens: number;
  cached_tokens: number;
  completion_tokens: number;
  reasoning_tokens: number;
}

/** One call as it reached the vendor; filled in further while it is answered. */
export interface FakeCall {
  /** 1 for the first call since start or reset. */
  seq: number;
  /** Unix milliseconds at which the request had arrived whole. */
  at: number;
  /** The client's port, which tells connections apart. */
  port: number | undefined;
  method: string;
  /** Path with its query, `/v1/...`. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Parsed JSON, or undefined where there was none (GET, multipart). */
  body: unknown;
  /** The `x-request-id` that the client sent. */
  requestId: string | undefined;
  /** The model asked for. */
  model: string | undefined;
  /** Members of a chat request that OpenAI's API does not name. */
  unknownMembers: string[];
  /** HTTP status answered; undefined until then and for ever where the socket was destroyed first. */
  status: number | undefined;
  /** Body bytes handed to the socket. */
  bytesSent: number;
  /** The client left before the answer was whole (the fake's own cuts do not count). */
  clientAborted: boolean;
  abortedAt: number | undefined;
  endedAt: number | undefined;
  /** Charged for this call; undefined where nothing was. */
  billed: TokenBill | undefined;
}

/** One line of a batch that was worked on. */
export interface FakeBatchLine {
  at: number;
  batchId: string;
  customId: string;
  /** The id of this line's own answer, as in the output file. */
  requestId: string;
  model: string;
  body: unknown;
  status: number;
  billed: TokenBill | undefined;
}

export const BATCH_PRICE_FACTOR = 0.5;

export interface InvoiceSums extends TokenBill {
  calls: number;
  /** 1, or 0.5 for batch work: what the list price is multiplied by. */
  price_factor: number;
}

/** What the vendor bills, by model asked for; each charged call and each charged batch line is in it once. */
export interface Invoice {
  models: Record<string, { standard: InvoiceSums; batch: InvoiceSums }>;
  /** By the client's `x-request-id`; more than one call where the client sent the same id again. */
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

/** Adds one charged call to the sums; one that was not charged adds nothing. */
export function add(sums: InvoiceSums, bill: TokenBill | undefined): void {
  if (bill === undefined) return;
  sums.calls += 1;
  sums.prompt_tokens += bill.prompt_tokens;
  sums.cached_tokens += bill.cached_tokens;
  sums.completion_tokens += bill.completion_tokens;
  sums.reasoning_tokens += bill.reasoning_tokens;
}

/** The vendor's own record of what reached it, in memory and, when a file is named, on disk before anything is answered. */
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
