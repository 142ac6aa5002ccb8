import type { Dialect } from './header-controls';

/** Writes the cache status in a vendor's own headers, for clients that read those. */
type WriteHeaders = (status: string, headers: Readonly<Record<string, string>>) => Record<string, string | undefined>;

const isHit = (status: string) => status === 'HIT' || status === 'COALESCED' || status === 'SEMANTIC_HIT';
const PORTKEY: Readonly<Record<string, string>> = {
  COALESCED: 'HIT',
  SEMANTIC_HIT: 'SEMANTIC HIT',
  BYPASS: 'DISABLED',
};

/**
 * @see https://developers.cloudflare.com/ai-gateway/features/caching/
 * @see https://portkey.ai/docs/api-reference/inference-api/response-schema
 * @see https://openrouter.ai/docs/guides/features/response-caching
 */
const WRITERS: Readonly<Record<Dialect, WriteHeaders>> = {
  cloudflare: (status) => ({ 'cf-aig-cache-status': isHit(status) ? 'HIT' : 'MISS' }),
  portkey: (status) => ({ 'x-portkey-cache-status': PORTKEY[status] ?? status }),
  openrouter: (status, headers) => ({
    'x-openrouter-cache-status': status === 'BYPASS' ? undefined : isHit(status) ? 'HIT' : 'MISS',
    'x-openrouter-cache-ttl': headers['x-cache-ttl'],
    'x-openrouter-cache-age': headers.age,
  }),
};

/** Adds the cache status in the headers of the caller's dialects to the headers of a response. */
export function addDialectHeaders(headers: Record<string, string>, dialects: readonly Dialect[]): void {
  for (const dialect of dialects) {
    const vendorHeaders = WRITERS[dialect](headers['x-cache-status'] ?? '', headers);
    for (const [name, value] of Object.entries(vendorHeaders)) if (value !== undefined) headers[name] = value;
  }
}
