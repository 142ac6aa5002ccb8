import { bodyDirectives } from './body-controls';
import { type ControlHeaders, type Dialect, hasControlHeaders, headerDirectives } from './header-controls';
import { isStreamHabit } from './stream-habit';
import type { SentDirective } from './cache-directive';

/** The cache controls of one call: as its caller sends them, or as administrators' rules then grant them. */
export interface CacheControls {
  /** Whether a stored response may be served. */
  read: boolean;
  /** Whether the response may be stored. */
  write: boolean;
  /** The greatest age of a stored response that may be served. */
  maxAgeSeconds: number | undefined;
  /** How long the response may be stored, in place of the model's TTL. */
  ttlSeconds: number | undefined;
  /** The longest TTL that administrators allow, also for a response that was stored for longer; undefined is no limit. */
  maxTtlSeconds: number | undefined;
  /** A miss is an error; no upstream is called. */
  onlyIfCached: boolean;
  namespace: string | undefined;
  /** Whether a response with tool calls is stored; undefined is the rule of the key or the model. */
  storeToolCalls: boolean | undefined;
  /** The directives that the caller sent. */
  directives: readonly SentDirective[];
  /** The vendors whose headers were sent; the response has the cache status in the headers of the same vendors. */
  dialects: readonly Dialect[];
}

const NO_HEADERS: ControlHeaders = {};

const DEFAULT: CacheControls = {
  read: true,
  write: true,
  maxAgeSeconds: undefined,
  ttlSeconds: undefined,
  maxTtlSeconds: undefined,
  onlyIfCached: false,
  namespace: undefined,
  storeToolCalls: undefined,
  directives: [],
  dialects: [],
};

/**
 * Reads the body members `use_cache` and `cache`, the header `Cache-Control`, and the headers of other gateways. The strictest
 * directive applies, in any order. As in HTTP, `no-cache` requests a fresh response, which is stored; `no-store` keeps the
 * response out of the cache, but a stored one may be served.
 *
 * @param streamed whether the caller asks for a stream of events
 * @throws GatewayError `invalid_request` that names the member or header
 */
export function parseCacheControls(
  body: Record<string, unknown>,
  headers: ControlHeaders = NO_HEADERS,
  streamed = false,
): CacheControls {
  if (body.use_cache === undefined && body.cache === undefined && !hasControlHeaders(headers)) return DEFAULT;
  const { directives, dialects } = headerDirectives(headers);
  const meant = streamed ? directives.filter((directive) => !isStreamHabit(directive, headers)) : directives;
  return strictest([...bodyDirectives(body), ...meant], dialects);
}

/** The member or header that asks for a fresh response, as `Cache-Control`. */
export function refreshCause({ directives }: CacheControls): string {
  return directives.find(({ control }) => control === 'no-cache')?.param ?? '';
}

function strictest(directives: SentDirective[], dialects: Dialect[]): CacheControls {
  const has = (control: SentDirective['control']) => directives.some((directive) => directive.control === control);
  const bypass = has('use-cache');
  return {
    read: !bypass && !has('no-cache'),
    write: !bypass && !has('no-store'),
    maxAgeSeconds: least(directives, 's-maxage'),
    ttlSeconds: least(directives, 'ttl'),
    maxTtlSeconds: undefined,
    onlyIfCached: has('only-if-cached'),
    namespace: namespaceOf(directives),
    storeToolCalls: directives.find((each) => each.control === 'store-tool-calls')?.store,
    directives,
    dialects,
  };
}

function least(directives: readonly SentDirective[], control: 'ttl' | 's-maxage'): number | undefined {
  const all = directives.flatMap((directive) => (directive.control === control ? [directive.seconds] : []));
  return all.length === 0 ? undefined : Math.min(...all);
}

/** All namespaces count: only calls that name the same ones share a response. */
function namespaceOf(directives: readonly SentDirective[]): string | undefined {
  const all = new Set(
    directives.flatMap((directive) => (directive.control === 'namespace' ? [directive.namespace] : [])),
  );
  return all.size > 1 ? JSON.stringify([...all].toSorted()) : [...all][0];
}
