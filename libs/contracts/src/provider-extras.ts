import { z } from 'zod';

/** Headers that the gateway or HTTP itself decides. */
const OWN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const MOST = 32;

/** Names of RFC 9110; in lower case, as two spellings are one header. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .refine((name) => !OWN_HEADERS.has(name), 'is a header that the gateway sets itself');
const headerValue = z
  .string()
  .max(4096)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be visible ASCII characters, not empty');

/**
 * Headers that each request to a provider has. Their values may be credentials.
 *
 * @see https://learn.microsoft.com/azure/ai-services/openai/reference `api-key`
 */
export const providerHeaders = z
  .record(headerName, headerValue)
  .refine((headers) => Object.keys(headers).length <= MOST, `must be at most ${MOST}`);

/** Parameters that the URL of each request to a provider has, as Azure's `api-version`. */
export const providerQuery = z
  .record(z.string().min(1).max(128), z.string().max(1024))
  .refine((query) => Object.keys(query).length <= MOST, `must be at most ${MOST}`);
