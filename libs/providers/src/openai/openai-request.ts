import { stringifyExact } from '../exact-json';
import type { JsonRecord } from '../json-record';
import type { UpstreamCall, UpstreamRequest } from '../translator';

/** @param path under the base URL */
export function openAiRequest(
  { stream, baseUrl, requestId }: UpstreamCall,
  path: string,
  body: JsonRecord,
): UpstreamRequest {
  return {
    method: 'POST',
    url: pathUnder(baseUrl, path),
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      // The bytes are relayed and cached unchanged, so they must not be compressed.
      'accept-encoding': 'identity',
      'x-request-id': requestId,
    },
    body: stringifyExact(body),
    dropped: [],
  };
}

/** A path under a base URL, before the query that Azure's base URLs have. */
export function pathUnder(baseUrl: string, path: string): string {
  const [base = '', query] = baseUrl.split(/\?(.*)/s);
  return (base.endsWith('/') ? base.slice(0, -1) : base) + path + (query === undefined ? '' : `?${query}`);
}
