import type { BatchDraft, BatchEnd, VendorBatch } from '../batch-api';
import { isRecord, type JsonRecord, nonEmptyString } from '../json-record';
import type { BatchQuirks } from './batch-quirks';

/** The member of `metadata` with the gateway's name of a batch. */
const NAME = 'thriftgate_batch';

/** The vendor's members of a batch. */
export interface BatchShape {
  /** Of batches, under the base URL. */
  path: string;
  /** Behind the id. */
  cancelPath: string;
  /** The body of the request that creates a batch. @param endpoint the path of the lines */
  create(draft: BatchDraft, inputFileId: string, endpoint: string): JsonRecord;
  /** The batch in a response, which may be wrapped. */
  read(record: JsonRecord, nowMs: number): VendorBatch | undefined;
  /** The query of a list. */
  listQuery(after: string | undefined): string;
  /** How many batches a full page has, where pages have numbers. */
  pageLength?: number;
}

const OPENAI_ENDS: Readonly<Record<string, BatchEnd | undefined>> = {
  validating: undefined,
  in_progress: undefined,
  finalizing: undefined,
  cancelling: undefined,
  failed: 'refused',
  completed: 'completed',
  expired: 'expired',
  cancelled: 'cancelled',
};

const TOGETHER_ENDS: typeof OPENAI_ENDS = {
  VALIDATING: undefined,
  IN_PROGRESS: undefined,
  COMPLETED: 'completed',
  FAILED: 'refused',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
};

const MISTRAL_ENDS: typeof OPENAI_ENDS = {
  QUEUED: undefined,
  RUNNING: undefined,
  CANCELLATION_REQUESTED: undefined,
  SUCCESS: 'completed',
  FAILED: 'refused',
  TIMEOUT_EXCEEDED: 'expired',
  CANCELLED: 'cancelled',
};

/** Codes of a refusal that ends when earlier batches do. @see https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch#error-codes */
const QUEUE_FULL = /token_limit_exceeded|enqueued token|too many (batches|jobs)|rate_limit/i;

function openAiShape({ metadata }: BatchQuirks): BatchShape {
  return {
    path: '/batches',
    cancelPath: '/cancel',
    create: (draft, inputFileId, endpoint) => ({
      input_file_id: inputFileId,
      endpoint,
      completion_window: '24h',
      ...(metadata && { metadata: { [NAME]: draft.name } }),
    }),
    read: (record) => openAiBatch(record, OPENAI_ENDS),
    listQuery: (after) => `limit=100${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
  };
}

function openAiBatch(record: JsonRecord, ends: typeof OPENAI_ENDS): VendorBatch | undefined {
  const counts = isRecord(record.request_counts) ? record.request_counts : undefined;
  const total = countOf(counts?.total);
  return batchOf(record, ends, {
    id: record.id,
    // OpenAI counts nothing until a batch is validated.
    lineCount: total === 0 ? undefined : total,
    counts: counts && { completed: countOf(counts.completed) ?? 0, failed: countOf(counts.failed) ?? 0 },
    inputFileId: record.input_file_id,
    name: isRecord(record.metadata) ? record.metadata[NAME] : undefined,
    outputs: [record.output_file_id, record.error_file_id],
    error: errorText(record.errors ?? record.error),
  });
}

const together: BatchShape = {
  path: '/batches',
  cancelPath: '/cancel',
  create: (_draft, inputFileId, endpoint) => ({ input_file_id: inputFileId, endpoint, completion_window: '24h' }),
  read: (record) => openAiBatch(isRecord(record.job) ? record.job : record, TOGETHER_ENDS),
  listQuery: () => '',
};

const MISTRAL_PAGE = 100;

const mistral: BatchShape = {
  path: '/batch/jobs',
  cancelPath: '/cancel',
  create: (draft, inputFileId, endpoint) => ({
    input_files: [inputFileId],
    endpoint,
    model: draft.upstreamModel,
    metadata: { [NAME]: draft.name },
    timeout_hours: 24,
  }),
  read: (record) =>
    batchOf(record, MISTRAL_ENDS, {
      id: record.id,
      lineCount: countOf(record.total_requests),
      counts: { completed: countOf(record.succeeded_requests) ?? 0, failed: countOf(record.failed_requests) ?? 0 },
      inputFileId: Array.isArray(record.input_files) ? record.input_files[0] : undefined,
      name: isRecord(record.metadata) ? record.metadata[NAME] : undefined,
      outputs: [record.output_file, record.error_file],
      error: errorText(record.errors),
    }),
  listQuery: (after) => `page_size=${MISTRAL_PAGE}&page=${after ?? '0'}`,
  pageLength: MISTRAL_PAGE,
};

/** A batch of xAI has counts and times in place of a status. */
const xai: BatchShape = {
  path: '/batches',
  cancelPath: ':cancel',
  create: (draft, inputFileId) => ({ name: draft.name, input_file_id: inputFileId }),
  read: (record, nowMs) => {
    const state = isRecord(record.state) ? record.state : {};
    const [total, pending] = [countOf(state.num_requests) ?? 0, countOf(state.num_pending) ?? 0];
    const isPast = (timeOf(record.expire_time) ?? Infinity) <= nowMs;
    const refusal = nonEmptyString(record.cancel_by_xai_message);
    const isCancelled = nonEmptyString(record.cancel_time) !== undefined;
    const isOver = (total > 0 && pending === 0) || isPast || (isCancelled && total === 0);
    const ended = isCancelled ? 'cancelled' : isPast && pending > 0 ? 'expired' : 'completed';
    const status = refusal ? 'refused' : isOver ? ended : 'running';
    return batchOf({ ...record, status }, XAI_ENDS, {
      id: record.batch_id,
      lineCount: total === 0 ? undefined : total,
      counts: { completed: countOf(state.num_success) ?? 0, failed: countOf(state.num_error) ?? 0 },
      inputFileId: record.input_file_id,
      name: record.name,
      // Results are there while the batch runs.
      outputs: total > 0 ? [record.batch_id] : [],
      error: refusal,
    });
  },
  listQuery: (after) => `limit=100${after === undefined ? '' : `&pagination_token=${encodeURIComponent(after)}`}`,
};

const XAI_ENDS: typeof OPENAI_ENDS = {
  running: undefined,
  refused: 'refused',
  completed: 'completed',
  expired: 'expired',
  cancelled: 'cancelled',
};

export function batchShape(quirks: BatchQuirks): BatchShape {
  switch (quirks.shape) {
    case 'mistral':
      return mistral;
    case 'xai':
      return xai;
    case 'together':
      return together;
    case undefined:
      return openAiShape(quirks);
  }
}

interface Members {
  id: unknown;
  lineCount: number | undefined;
  counts: VendorBatch['counts'];
  inputFileId: unknown;
  name: unknown;
  outputs: unknown[];
  error: string | undefined;
}

function batchOf(record: JsonRecord, ends: typeof OPENAI_ENDS, members: Members): VendorBatch | undefined {
  const id = nonEmptyString(members.id);
  const status = nonEmptyString(record.status);
  if (id === undefined || status === undefined) return undefined;
  const outputs = members.outputs.filter((output) => nonEmptyString(output) !== undefined) as string[];
  const isKnownStatus = Object.hasOwn(ends, status);
  const end = isKnownStatus ? ends[status] : undefined;
  return {
    id,
    status,
    isKnownStatus,
    // What has failed with results has run.
    end: end === 'refused' && outputs.length > 0 ? 'completed' : end,
    counts: members.counts,
    lineCount: members.lineCount,
    inputFileId: nonEmptyString(members.inputFileId),
    name: nonEmptyString(members.name),
    createdAtMs: timeOf(record.created_at ?? record.create_time),
    outputs,
    error: members.error,
    retryLater: end === 'refused' && QUEUE_FULL.test(members.error ?? ''),
  };
}

/** Seconds since 1970, or RFC 3339. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000;
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const MAX_ERROR_LENGTH = 1_000;

/** The first errors of a batch, with their codes and lines. */
function errorText(errors: unknown): string | undefined {
  if (typeof errors === 'string') return nonEmptyString(errors.slice(0, MAX_ERROR_LENGTH));
  const list = isRecord(errors) && Array.isArray(errors.data) ? errors.data : Array.isArray(errors) ? errors : [errors];
  const texts = list.filter(isRecord).map(({ code, message, line }) => {
    const place = typeof line === 'number' ? ` (line ${line})` : '';
    return `${nonEmptyString(code) === undefined ? '' : `${String(code)}: `}${String(message)}${place}`;
  });
  return nonEmptyString(texts.join(' ').slice(0, MAX_ERROR_LENGTH));
}
