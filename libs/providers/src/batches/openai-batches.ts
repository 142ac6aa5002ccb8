import type { BatchApi, ResultPage, VendorLine } from '../batch-api';
import { stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../json-record';
import { pathUnder } from '../openai/openai-request';
import { isAnswer } from '../transport/upstream-transport';
import type { HttpRequest, UpstreamRequest } from '../translator';
import type { BatchQuirks } from './batch-quirks';
import { formWithFile, get, post, remove } from './batch-requests';
import { parseExactLine } from './batch-lines';
import { batchShape } from './openai-batch-shapes';

/**
 * Batches as OpenAI has them: a file of lines, a batch that is made of it, and files of results. Vendors differ by data.
 *
 * @see https://platform.openai.com/docs/guides/batch
 */
export function openAiBatches(quirks: BatchQuirks): BatchApi {
  const shape = batchShape(quirks);
  const { purpose = 'batch', metadata } = quirks;
  const endpointOf = (url: string) => linePath(url, quirks) ?? '';
  const batchUrl = (id: string, baseUrl: string, rest = '') =>
    pathUnder(baseUrl, `${shape.path}/${encodeURIComponent(id)}${rest}`);
  return {
    limits: quirks.limits,
    foundBy: metadata || quirks.shape === 'xai' ? 'name' : 'input',
    discount: quirks.discount,
    embeddings: quirks.calls.includes('/embeddings'),
    groupOf: ({ url }) => linePath(url, quirks),
    line: (id, request) => lineOf(id, request, endpointOf(request.url)),
    upload: {
      request: (draft, baseUrl) => formWithFile(pathUnder(baseUrl, '/files'), { purpose }, draft),
      read: (body) => nonEmptyString(recordIn(body)?.id),
      remove: (fileId, baseUrl) => remove(fileUrl(fileId, baseUrl)),
      list: (baseUrl) => get(withQuery(pathUnder(baseUrl, '/files'), `purpose=${purpose}&order=desc&limit=100`)),
      find: (body, name) =>
        listIn(recordIn(body)).flatMap(({ id, filename }) =>
          filename === `${name}.jsonl` && typeof id === 'string' ? [id] : [],
        ),
    },
    create: (draft, inputFileId, baseUrl) =>
      post(pathUnder(baseUrl, shape.path), shape.create(draft, inputFileId, endpointOf(draft.url))),
    get: (id, baseUrl) => get(batchUrl(id, baseUrl)),
    cancel: (id, baseUrl) => post(batchUrl(id, baseUrl, shape.cancelPath), undefined),
    list: (baseUrl, after) => get(withQuery(pathUnder(baseUrl, shape.path), shape.listQuery(after))),
    read: (body, nowMs) => {
      const record = recordIn(body);
      return record && shape.read(record, nowMs);
    },
    readList: (body, nowMs, after) => {
      const list = valueIn(body);
      const items = itemsIn(list);
      const batches = items?.flatMap((item) => (isRecord(item) && shape.read(item, nowMs)) || []);
      if (!items || !batches || batches.length < items.length) return undefined;
      if (shape.pageLength !== undefined)
        return { batches, after: items.length < shape.pageLength ? undefined : String(Number(after ?? 0) + 1) };
      const next = isRecord(list) ? nextPage(list, batches.at(-1)?.id) : undefined;
      const isCut = isRecord(list) && list.has_more === true && next === undefined;
      return isCut ? undefined : { batches, after: next };
    },
    results: ({ outputs }, baseUrl) =>
      quirks.shape === 'xai'
        ? outputs.map((id) => get(withQuery(batchUrl(id, baseUrl, '/results'), `limit=${XAI_PAGE}`)))
        : outputs.map((fileId) => get(fileUrl(fileId, baseUrl, '/content'))),
    readLine: (text) => readLine(text),
    readPage: quirks.shape === 'xai' ? readXaiPage : undefined,
  };
}

const XAI_PAGE = 1_000;

/** The path of a call in lines; undefined where the vendor takes no such call in a batch. */
function linePath(url: string, { calls, pathPrefix = '/v1' }: BatchQuirks): string | undefined {
  const { pathname } = new URL(url);
  const call = calls.find((end) => pathname.endsWith(end));
  return call && pathPrefix + call;
}

function lineOf(id: string, { body }: UpstreamRequest, url: string): string {
  return `{"custom_id":${JSON.stringify(id)},"method":"POST","url":${JSON.stringify(url)},"body":${String(body)}}`;
}

function fileUrl(fileId: string, baseUrl: string, rest = ''): string {
  return pathUnder(baseUrl, `/files/${encodeURIComponent(fileId)}${rest}`);
}

function withQuery(url: string, query: string): string {
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function readLine(text: string): VendorLine | undefined {
  const line = parseExactLine(text);
  if (!isRecord(line) || typeof line.custom_id !== 'string') return undefined;
  const { custom_id: id, response, error } = line;
  if (isRecord(response) && response.body !== undefined) {
    const status = typeof response.status_code === 'number' ? response.status_code : 200;
    const body = String(stringifyExact(response.body));
    return isAnswer(status) ? { id, kind: 'answered', body: Buffer.from(body) } : { id, kind: 'failed', status, body };
  }
  const { code, message } = isRecord(error) ? error : {};
  if (code === 'batch_expired') return { id, kind: 'expired' };
  if (code === 'batch_cancelled') return { id, kind: 'cancelled' };
  return { id, kind: 'failed', status: 500, body: JSON.stringify({ error: { code, message } }) };
}

/** @see https://docs.x.ai/docs/guides/batch-api */
function readXaiPage(body: Buffer, request: HttpRequest): ResultPage {
  const page = parseExactLine(body.toString('utf8'));
  const results = isRecord(page) && Array.isArray(page.results) ? page.results.filter(isRecord) : [];
  const token = isRecord(page) ? nonEmptyString(page.pagination_token) : undefined;
  const [address = ''] = request.url.split(/[?&]pagination_token=/);
  const next =
    token === undefined ? undefined : get(withQuery(address, `pagination_token=${encodeURIComponent(token)}`));
  return { lines: results.flatMap((result) => xaiLine(result) ?? []), next };
}

function xaiLine({
  batch_request_id: id,
  batch_result: result,
  error_message: text,
}: JsonRecord): VendorLine | undefined {
  if (typeof id !== 'string') return undefined;
  const { response, error } = isRecord(result) ? result : {};
  const answer = isRecord(response) ? response.chat_get_completion : undefined;
  const message = nonEmptyString(text) ?? (isRecord(error) ? nonEmptyString(error.message) : undefined);
  const code = isRecord(error) ? error.code : undefined;
  if (isRecord(answer) && message === undefined)
    return { id, kind: 'answered', body: Buffer.from(String(stringifyExact(answer))) };
  if (CANCELLED.test(String(code))) return { id, kind: 'cancelled' };
  return {
    id,
    kind: 'failed',
    status: 500,
    body: JSON.stringify({ error: { message: message ?? 'No answer.', code } }),
  };
}

/** gRPC's number and word. */
const CANCELLED = /^(1|cancelled)$/i;

function nextPage(list: JsonRecord, lastId: string | undefined): string | undefined {
  const token = nonEmptyString(list.pagination_token);
  return token ?? (list.has_more === true ? lastId : undefined);
}

/** The objects of a list, under the names that vendors have for it. */
function listIn(list: unknown): JsonRecord[] {
  return itemsIn(list)?.filter(isRecord) ?? [];
}

/** Undefined for what is no list. Some vendors leave the items of an empty one out. */
function itemsIn(list: unknown): unknown[] | undefined {
  const items = isRecord(list) ? (list.data ?? list.batches ?? (list.object === 'list' ? [] : undefined)) : list;
  return Array.isArray(items) ? items : undefined;
}

function recordIn(body: Buffer): JsonRecord | undefined {
  const value = valueIn(body);
  return isRecord(value) ? value : undefined;
}

function valueIn(body: Buffer): unknown {
  return parseExactLine(body.toString('utf8'));
}
