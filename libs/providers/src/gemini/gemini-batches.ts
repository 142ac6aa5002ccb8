import type { BatchApi, BatchEnd, VendorBatch, VendorLine } from '../batch-api';
import { get, post, remove } from '../batches/batch-requests';
import { parseExactLine } from '../batches/batch-lines';
import { type JsonBody, stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';
import type { HttpRequest } from '../translator';
import { inputsOf } from '../vectors/vector-reply';

const VERSION = '/v1beta';
const CALL = ':generateContent';
/** A line is one input, where a live call takes a list. */
const EMBEDDING = ':batchEmbedContents';
const JSONL = 'application/jsonl';

/**
 * Batches of Gemini, always by file: requests and results are read and written as streams.
 *
 * @see https://ai.google.dev/gemini-api/docs/batch-api
 * @see https://ai.google.dev/api/files#method:-media.upload
 * @see https://ai.google.dev/api/embeddings#method:-models.asyncbatchembedcontent
 */
export const geminiBatches: BatchApi = {
  limits: { lines: 200_000, bytes: 2_000_000_000 },
  foundBy: 'name',
  discount: { millionths: 500_000, stacks: true },
  embeddings: true,
  groupOf: ({ url }, { body }) => {
    const { pathname } = new URL(url);
    if (pathname.endsWith(EMBEDDING)) return inputsOf(body).length === 1 ? EMBEDDING : undefined;
    return pathname.endsWith(CALL) ? CALL : undefined;
  },
  line: (id, { url, body }) =>
    `{"key":${JSON.stringify(id)},"request":${isEmbedding(url) ? onlyRequest(body) : String(body)}}`,
  upload: {
    request: ({ name, lines }, baseUrl) => {
      const request = post(at(baseUrl, '/upload/v1beta/files'), { file: { display_name: name } });
      const headers = {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': String(lines.byteLength),
        'x-goog-upload-header-content-type': JSONL,
      };
      return { ...request, headers: { ...request.headers, ...headers } };
    },
    content: ({ lines }, headers, baseUrl) => ({
      method: 'POST',
      url: uploadUrl(headers['x-goog-upload-url'], baseUrl),
      headers: {
        'content-type': JSONL,
        accept: 'application/json',
        'x-goog-upload-offset': '0',
        'x-goog-upload-command': 'upload, finalize',
      },
      body: lines,
    }),
    read: (body) => {
      const file = recordIn(body)?.file;
      return isRecord(file) ? nonEmptyString(file.name) : undefined;
    },
    remove: (fileId, baseUrl) => remove(at(baseUrl, `${VERSION}/${encoded(fileId)}`)),
    list: (baseUrl) => get(at(baseUrl, `${VERSION}/files`, 'pageSize=100')),
    find: (body, name) => {
      const files = recordIn(body)?.files;
      return (Array.isArray(files) ? files.filter(isRecord) : []).flatMap((file) =>
        file.displayName === name && typeof file.name === 'string' ? [file.name] : [],
      );
    },
  },
  create: ({ name, upstreamModel, url }, fileName, baseUrl) =>
    post(
      at(
        baseUrl,
        `${VERSION}/models/${encodeURIComponent(upstreamModel)}:${isEmbedding(url) ? 'asyncBatchEmbedContent' : 'batchGenerateContent'}`,
      ),
      {
        batch: { displayName: name, inputConfig: { fileName } },
      },
    ),
  get: (id, baseUrl) => get(at(baseUrl, `${VERSION}/${encoded(id)}`)),
  cancel: (id, baseUrl) => post(at(baseUrl, `${VERSION}/${encoded(id)}:cancel`), {}),
  list: (baseUrl, after) =>
    get(
      at(
        baseUrl,
        `${VERSION}/batches`,
        `pageSize=100${after === undefined ? '' : `&pageToken=${encodeURIComponent(after)}`}`,
      ),
    ),
  read: (body) => batchIn(recordIn(body)),
  readList: (body) => {
    const list = recordIn(body);
    // An empty list is left out.
    const operations = list?.operations ?? [];
    if (!list || list.error !== undefined || !Array.isArray(operations)) return undefined;
    const batches = operations.flatMap((each) => (isRecord(each) && batchIn(each)) || []);
    return batches.length < operations.length ? undefined : { batches, after: nonEmptyString(list.nextPageToken) };
  },
  results: ({ outputs }, baseUrl): HttpRequest[] =>
    outputs.map((file) => get(at(baseUrl, `/download${VERSION}/${encoded(file)}:download`, 'alt=media'))),
  readLine,
  readPage: undefined,
};

function isEmbedding(url: string): boolean {
  return new URL(url).pathname.endsWith(EMBEDDING);
}

/** The request of a list that has one. */
function onlyRequest(body: JsonBody): string {
  const list = parseExactLine(String(body));
  const [request] = isRecord(list) && Array.isArray(list.requests) ? (list.requests as unknown[]) : [];
  return String(stringifyExact(request));
}

/** A path of the API. The base URL has no version, as in Google's SDK; one with it is taken too. */
function at(baseUrl: string, path: string, query?: string): string {
  const [base = '', baseQuery] = baseUrl.split(/\?(.*)/s);
  const root = base.replace(/\/+$/, '').replace(/\/v1(beta)?$/, '');
  const parts = [query, baseQuery].filter((part) => part !== undefined && part !== '');
  return root + path + (parts.length === 0 ? '' : `?${parts.join('&')}`);
}

/** A resource's name, whose slashes stay. */
function encoded(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

/** Where the vendor takes the content, at the host of the base URL: a proxy may stand between. */
function uploadUrl(sent: string | string[] | undefined, baseUrl: string): string {
  const url = URL.parse(String(sent));
  return new URL(url ? url.pathname + url.search : '/upload/v1beta/files', baseUrl).href;
}

const ENDS: Readonly<Record<string, BatchEnd | undefined>> = {
  UNSPECIFIED: undefined,
  QUEUED: undefined,
  PENDING: undefined,
  RUNNING: undefined,
  PAUSED: undefined,
  UPDATING: undefined,
  CANCELLING: undefined,
  SUCCEEDED: 'completed',
  PARTIALLY_SUCCEEDED: 'completed',
  FAILED: 'refused',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

function batchIn(operation: JsonRecord | undefined): VendorBatch | undefined {
  const id = nonEmptyString(operation?.name);
  if (!operation || id === undefined) return undefined;
  const metadata = isRecord(operation.metadata) ? operation.metadata : {};
  const status = nonEmptyString(metadata.state) ?? 'BATCH_STATE_UNSPECIFIED';
  const word = status.replace(/^(BATCH|JOB)_STATE_/, '');
  const stats = isRecord(metadata.batchStats) ? metadata.batchStats : {};
  const output = outputOf(operation.response) ?? outputOf(metadata.output);
  const error = isRecord(operation.error) ? nonEmptyString(operation.error.message) : undefined;
  const isKnownStatus = Object.hasOwn(ENDS, word);
  const end = isKnownStatus ? ENDS[word] : undefined;
  const created = Date.parse(String(metadata.createTime));
  return {
    id,
    status,
    isKnownStatus,
    end: end === 'refused' && output !== undefined ? 'completed' : end,
    counts: { completed: countOf(stats.successfulRequestCount), failed: countOf(stats.failedRequestCount) },
    lineCount: countOf(stats.requestCount) || undefined,
    inputFileId: undefined,
    name: nonEmptyString(metadata.displayName),
    createdAtMs: Number.isNaN(created) ? undefined : created,
    outputs: output === undefined ? [] : [output],
    error,
    retryLater: end === 'refused' && /quota|RESOURCE_EXHAUSTED|too many/i.test(error ?? ''),
  };
}

function outputOf(value: unknown): string | undefined {
  return isRecord(value) ? nonEmptyString(value.responsesFile) : undefined;
}

/** Numbers come as texts. */
function countOf(value: unknown): number {
  const count = Number(value ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}

const CANCELLED_CODE = 1;
const HTTP_OF_CODE: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  7: 403,
  8: 429,
  9: 400,
  11: 400,
  13: 500,
  14: 503,
};

function readLine(text: string): VendorLine | undefined {
  const line = parseExactLine(text);
  if (!isRecord(line) || typeof line.key !== 'string') return undefined;
  const { key: id, response, error } = line;
  if (isRecord(response)) {
    const { embedding, ...rest } = response;
    // As the answer to a list of one input.
    const answer = embedding === undefined ? response : { ...rest, embeddings: [embedding] };
    return { id, kind: 'answered', body: Buffer.from(String(stringifyExact(answer))) };
  }
  const { code, status } = isRecord(error) ? error : {};
  if (code === CANCELLED_CODE || status === 'CANCELLED') return { id, kind: 'cancelled' };
  return {
    id,
    kind: 'failed',
    status: HTTP_OF_CODE[Number(code)] ?? 500,
    body: JSON.stringify({ error: error ?? {} }),
  };
}

function recordIn(body: Buffer): JsonRecord | undefined {
  const value = parseJson(body.toString('utf8'));
  return isRecord(value) ? value : undefined;
}
