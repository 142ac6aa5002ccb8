import { randomBytes } from 'node:crypto';
import { BATCH_PRICE_FACTOR, type CallLog, type InvoiceSums, add, emptySums } from '../call-log';
import type { ChatRoute } from '../chat-route';
import { type Json, isJson } from '../chat-request';
import { type Exchange, invalidRequest } from '../exchange';
import { type Line, type LineError, readLines } from './batch-input';
import { responseLine } from '../responses-route';
import { type FilesRoute, page } from './files-route';

/** The speed of a batch. Lines end evenly over `inProgressMs`. */
export interface BatchPace {
  validatingMs: number;
  inProgressMs: number;
  finalizingMs: number;
  /** The batch expires after this many lines. */
  expireAfterLines?: number;
}

/** Makes lines of the output file of the one that belongs there. @param body of the request */
export type RewriteLine = (text: string, body: unknown) => string[];

export const DEFAULT_PACE: BatchPace = { validatingMs: 20, inProgressMs: 60, finalizingMs: 20 };

interface Batch {
  object: Json & { id: string; status: string };
  pace: BatchPace;
  createdMs: number;
  cancelledMs: number | undefined;
  lines: Line[];
  errors: LineError[];
  done: number;
  output: string[];
  failed: string[];
  sums: InvoiceSums;
}

const ENDPOINTS = ['/v1/chat/completions', '/v1/embeddings', '/v1/responses'];
const EXPIRED = {
  code: 'batch_expired',
  message: 'This request could not be executed before the completion window expired.',
};

/**
 * Batches with the vendor's states. There is no timer: each request brings the batches up to date.
 * @see https://platform.openai.com/docs/guides/batch
 */
export class BatchesRoute {
  private readonly batches = new Map<string, Batch>();
  pace: BatchPace = DEFAULT_PACE;
  /** What the output file has in place of a line. */
  rewrite: RewriteLine = (text) => [text];

  constructor(
    private readonly files: FilesRoute,
    private readonly models: ChatRoute,
    private readonly log: CallLog,
    private readonly now: () => number,
  ) {}

  /** Serves `/v1/batches`; `parts` is the path behind it. */
  async handle(exchange: Exchange, parts: string[], query: URLSearchParams): Promise<void> {
    const [id, action] = parts;
    this.catchUp();
    if (id === undefined) {
      if (exchange.request.method === 'POST') return this.create(exchange);
      return exchange.json(200, page([...this.batches.values()].map(({ object }) => object).toReversed(), query));
    }
    const batch = this.batches.get(id);
    if (!batch) return exchange.error(404, invalidRequest(`No batch found with id '${id}'.`));
    if (action !== 'cancel') return exchange.json(200, batch.object);
    if (!['validating', 'in_progress', 'finalizing'].includes(batch.object.status)) {
      return exchange.error(409, invalidRequest(`Cannot cancel a batch with status '${batch.object.status}'.`));
    }
    batch.cancelledMs = this.now();
    this.advance(batch);
    await exchange.json(200, batch.object);
  }

  /** Runs the lines of all batches that are due. */
  catchUp(): void {
    for (const batch of this.batches.values()) this.advance(batch);
  }

  reset(): void {
    this.batches.clear();
    this.pace = DEFAULT_PACE;
    this.rewrite = (text) => [text];
  }

  private async create(exchange: Exchange): Promise<void> {
    const request = isJson(exchange.call.body) ? exchange.call.body : {};
    const { input_file_id: fileId, endpoint, completion_window: window, metadata = null } = request;
    for (const name of ['input_file_id', 'endpoint', 'completion_window']) {
      if (typeof request[name] !== 'string') {
        return exchange.error(
          400,
          invalidRequest(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter'),
        );
      }
    }
    if (!ENDPOINTS.includes(String(endpoint)) || window !== '24h') {
      const param = window === '24h' ? 'endpoint' : 'completion_window';
      return exchange.error(400, invalidRequest(`Invalid value: '${String(request[param])}'.`, param, 'invalid_value'));
    }
    const content = this.files.content(String(fileId));
    if (!content) return exchange.error(400, invalidRequest(`No such File object: ${String(fileId)}`, 'input_file_id'));

    const createdMs = this.now();
    const [lines, errors] = readLines(content.toString('utf8'), String(endpoint));
    const batch: Batch = {
      object: newObject({ endpoint, input_file_id: fileId, completion_window: window, metadata }, seconds(createdMs)),
      pace: this.pace,
      createdMs,
      cancelledMs: undefined,
      lines,
      errors,
      done: 0,
      output: [],
      failed: [],
      sums: emptySums(BATCH_PRICE_FACTOR),
    };
    this.batches.set(batch.object.id, batch);
    this.advance(batch);
    await exchange.json(200, batch.object);
  }

  private advance(batch: Batch): void {
    const { object, pace, lines, cancelledMs } = batch;
    if (['failed', 'completed', 'expired', 'cancelled'].includes(object.status)) return;
    const now = this.now();
    const validatedMs = batch.createdMs + pace.validatingMs;
    const workedMs = validatedMs + pace.inProgressMs;
    const finishedMs = workedMs + pace.finalizingMs;
    const until = Math.min(cancelledMs ?? now, now);

    if (until >= validatedMs && object.status === 'validating') {
      if (batch.errors.length > 0) {
        object['errors'] = { object: 'list', data: batch.errors };
        return enter(object, 'failed', validatedMs);
      }
      object['model'] = this.models.identityOf(lines[0]?.model ?? '').model;
      object['request_counts'] = { total: lines.length, completed: 0, failed: 0 };
      enter(object, 'in_progress', validatedMs);
    }
    if (object.status === 'in_progress' || object.status === 'finalizing') {
      const share = until >= workedMs ? 1 : (until - validatedMs) / pace.inProgressMs;
      this.work(batch, Math.min(Math.floor(lines.length * share), pace.expireAfterLines ?? Infinity));
    }
    if (cancelledMs !== undefined) {
      if (object.status !== 'cancelling') enter(object, 'cancelling', cancelledMs);
      if (now >= cancelledMs + pace.finalizingMs) this.finish(batch, 'cancelled', cancelledMs + pace.finalizingMs);
      return;
    }
    const expires = pace.expireAfterLines !== undefined && pace.expireAfterLines < lines.length;
    if (now >= workedMs && object.status === 'in_progress' && !expires) enter(object, 'finalizing', workedMs);
    if (now < finishedMs) return;
    if (expires) {
      for (const { custom_id } of lines.slice(batch.done)) {
        batch.failed.push(JSON.stringify({ id: newId('batch_req_'), custom_id, response: null, error: EXPIRED }));
      }
    }
    this.finish(batch, expires ? 'expired' : 'completed', finishedMs);
  }

  private work(batch: Batch, due: number): void {
    const { object, sums } = batch;
    for (; batch.done < due; batch.done += 1) {
      const line = batch.lines[batch.done];
      if (!line) return;
      const endpoint = String(object['endpoint']);
      const isResponse = endpoint === '/v1/responses';
      const { status, body, billed } = isResponse
        ? responseLine(line.body, this.models)
        : this.models.answerLine(endpoint, line.body);
      const requestId = newId('req_');
      const response = { status_code: status, request_id: requestId, body };
      const text = JSON.stringify({ id: newId('batch_req_'), custom_id: line.custom_id, response, error: null });
      (status === 200 ? batch.output : batch.failed).push(...this.rewrite(text, line.body));
      add(sums, billed);
      const { custom_id: customId, model, body: lineBody } = line;
      this.log.addBatchLine({
        at: this.now(),
        batchId: object.id,
        customId,
        requestId,
        model,
        body: lineBody,
        status,
        billed,
      });
    }
    object['request_counts'] = {
      total: batch.lines.length,
      completed: batch.output.length,
      failed: batch.failed.length,
    };
    object['usage'] = {
      input_tokens: sums.prompt_tokens,
      input_tokens_details: { cached_tokens: sums.cached_tokens },
      output_tokens: sums.completion_tokens,
      output_tokens_details: { reasoning_tokens: sums.reasoning_tokens },
      total_tokens: sums.prompt_tokens + sums.completion_tokens,
    };
  }

  private finish(batch: Batch, status: string, atMs: number): void {
    const { object, output, failed } = batch;
    const store = (lines: string[], name: string) =>
      lines.length === 0
        ? null
        : this.files.add(Buffer.from(`${lines.join('\n')}\n`), `${object.id}_${name}.jsonl`, 'batch_output').id;
    object['output_file_id'] = store(output, 'output');
    object['error_file_id'] = store(failed, 'error');
    enter(object, status, atMs);
  }
}

function newId(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function enter(object: Batch['object'], status: string, atMs: number): void {
  object.status = status;
  object[`${status}_at`] = seconds(atMs);
}

function newObject(request: Json, createdAt: number): Batch['object'] {
  return {
    id: newId('batch_'),
    object: 'batch',
    ...request,
    errors: null,
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: createdAt,
    in_progress_at: null,
    expires_at: createdAt + 86_400,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
  };
}
