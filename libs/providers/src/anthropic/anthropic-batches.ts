import type { BatchApi, BatchEnd, VendorBatch, VendorLine } from '../batch-api';
import { asElements, enclosed, get, post } from '../batches/batch-requests';
import { parseExactLine } from '../batches/batch-lines';
import { stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';
import { anthropicUrl } from './anthropic-url';

const PATH = '/v1/messages/batches';
const MIB = 1024 * 1024;
/** They hold for all lines of a batch. */
const SHARED_HEADERS = ['anthropic-version', 'anthropic-beta'];
/** A count of tokens that is none: a prompt is written into the prompt cache, and nothing is answered. */
const CACHE_ONLY = 0;

/**
 * Message Batches. The body is the file, and a batch has no place for a name: one whose creation broke off is found by its
 * time and the number of its lines.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
export const anthropicBatches: BatchApi = {
  limits: { lines: 100_000, bytes: 250 * MIB },
  foundBy: 'count',
  discount: { millionths: 500_000, stacks: true },
  embeddings: false,
  groupOf: (request, { body }) => {
    const isLive = body.speed === 'fast' || body.max_tokens === CACHE_ONLY;
    const isMessage = new URL(request.url).pathname.endsWith('/v1/messages');
    return isLive || !isMessage ? undefined : SHARED_HEADERS.map((name) => request.headers[name] ?? '').join('\n');
  },
  line: (id, { body }) => `{"custom_id":${JSON.stringify(id)},"params":${String(body)}}`,
  upload: undefined,
  create: (draft, _inputFileId, baseUrl) => {
    const request = withVersion(post(anthropicUrl(baseUrl, PATH), undefined), draft.headers);
    return { ...request, body: enclosed('{"requests":[', asElements(draft.lines), ']}') };
  },
  get: (id, baseUrl) => withVersion(get(batchUrl(id, baseUrl))),
  cancel: (id, baseUrl) => withVersion(post(batchUrl(id, baseUrl, '/cancel'), undefined)),
  list: (baseUrl, after) => {
    const query = `limit=100${after === undefined ? '' : `&after_id=${encodeURIComponent(after)}`}`;
    const url = anthropicUrl(baseUrl, PATH);
    return withVersion(get(`${url}${url.includes('?') ? '&' : '?'}${query}`));
  },
  read: (body) => batchIn(parseJson(body.toString('utf8'))),
  readList: (body) => {
    const list = parseJson(body.toString('utf8'));
    if (!isRecord(list) || !Array.isArray(list.data)) return undefined;
    const batches = list.data.flatMap((each) => batchIn(each) ?? []);
    const after = list.has_more === true ? nonEmptyString(list.last_id) : undefined;
    const isCut = batches.length < list.data.length || (list.has_more === true && after === undefined);
    return isCut ? undefined : { batches, after };
  },
  // The vendor's URL of the results is not used: it may lead past a proxy.
  results: ({ id, end }, baseUrl) => (end ? [withVersion(get(batchUrl(id, baseUrl, '/results')))] : []),
  readLine,
  readPage: undefined,
};

const DEFAULT_VERSION = '2023-06-01';

function withVersion<Request extends { headers: Record<string, string> }>(
  request: Request,
  headers: Readonly<Record<string, string>> = {},
): Request {
  const shared = SHARED_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]]));
  return {
    ...request,
    headers: { ...request.headers, 'anthropic-version': DEFAULT_VERSION, ...Object.fromEntries(shared) },
  };
}

function batchUrl(id: string, baseUrl: string, rest = ''): string {
  return anthropicUrl(baseUrl, `${PATH}/${encodeURIComponent(id)}${rest}`);
}

const KNOWN: ReadonlySet<string> = new Set(['in_progress', 'canceling', 'ended']);

function batchIn(value: unknown): VendorBatch | undefined {
  if (!isRecord(value)) return undefined;
  const id = nonEmptyString(value.id);
  const status = nonEmptyString(value.processing_status);
  if (id === undefined || status === undefined) return undefined;
  const counts = countsOf(value.request_counts);
  const created = Date.parse(String(value.created_at));
  return {
    id,
    status,
    isKnownStatus: KNOWN.has(status),
    end: status === 'ended' ? endOf(value, counts) : undefined,
    counts: { completed: counts.succeeded, failed: counts.errored },
    lineCount: Object.values(counts).reduce((sum, count) => sum + count, 0),
    inputFileId: undefined,
    name: undefined,
    createdAtMs: Number.isNaN(created) ? undefined : created,
    outputs: [],
    error: undefined,
    retryLater: false,
  };
}

function countsOf(value: unknown) {
  const record = isRecord(value) ? value : {};
  const count = (name: string) => (typeof record[name] === 'number' ? record[name] : 0);
  return {
    processing: count('processing'),
    succeeded: count('succeeded'),
    errored: count('errored'),
    canceled: count('canceled'),
    expired: count('expired'),
  };
}

function endOf(batch: JsonRecord, { canceled, expired }: ReturnType<typeof countsOf>): BatchEnd {
  if (canceled > 0 && nonEmptyString(batch.cancel_initiated_at) !== undefined) return 'cancelled';
  return expired > 0 ? 'expired' : 'completed';
}

/** The statuses of error types, which results have without one. @see https://platform.claude.com/docs/en/api/errors */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function readLine(text: string): VendorLine | undefined {
  const line = parseExactLine(text);
  if (!isRecord(line) || typeof line.custom_id !== 'string' || !isRecord(line.result)) return undefined;
  const { custom_id: id, result } = line;
  switch (result.type) {
    case 'succeeded':
      return { id, kind: 'answered', body: Buffer.from(String(stringifyExact(result.message))) };
    case 'expired':
      return { id, kind: 'expired' };
    case 'canceled':
      return { id, kind: 'cancelled' };
    default:
      return { id, kind: 'failed', ...errorOf(result.error) };
  }
}

/** The error of a line is a whole body. */
function errorOf(body: unknown): { status: number; body: string } {
  const inner = isRecord(body) && isRecord(body.error) ? body.error : body;
  const type = isRecord(inner) ? String(inner.type) : '';
  return { status: (Object.hasOwn(STATUSES, type) && STATUSES[type]) || 500, body: JSON.stringify(body ?? null) };
}
