import { bodyDirectives } from './body-controls';
import { type ControlHeaders, type Dialect, hasControlHeaders, headerDirectives } from './header-controls';
import type { SentDirective } from './cache-directive';

/** What a caller wants of the cache for one call, and what is granted of it once administrators' rules are applied. */
export interface CacheControls {
  /** Whether a stored answer may be given. */
  read: boolean;
  /** Whether the answer may be stored. */
  write: boolean;
  /** Only an answer that is not older than this. */
  maxAgeSeconds: number | undefined;
  /** How long the answer may be stored, in place of the model's own time. */
  ttlSeconds: number | undefined;
  /** The longest that administrators let an answer live, also one that was stored for longer; undefined is no bound. */
  maxTtlSeconds: number | undefined;
  /** A miss is an error and asks nobody. */
  onlyIfCached: boolean;
  namespace: string | undefined;
  /** What was asked for. */
  wishes: readonly SentDirective[];
  /** Whose headers asked: whoever sends those reads the answer's state from the same vendor's. */
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
  wishes: [],
  dialects: [],
};

/**
 * Reads the body members `use_cache` and `cache`, the header `Cache-Control`, and the headers of other gateways. The stricter
 * wish wins, whatever the order. As in HTTP, `no-cache` asks for a fresh answer that is stored, `no-store` keeps the answer
 * out of the cache but may be served from it.
 *
 * @throws GatewayError `invalid_request` that names the member or header
 */
export function parseCacheControls(body: Record<string, unknown>, headers: ControlHeaders = NO_HEADERS): CacheControls {
  if (body.use_cache === undefined && body.cache === undefined && !hasControlHeaders(headers)) return DEFAULT;
  const { wishes, dialects } = headerDirectives(headers);
  return strictest([...bodyDirectives(body), ...wishes], dialects);
}

function strictest(wishes: SentDirective[], dialects: Dialect[]): CacheControls {
  const asks = (control: SentDirective['control']) => wishes.some((wish) => wish.control === control);
  const unused = asks('use-cache');
  return {
    read: !unused && !asks('no-cache'),
    write: !unused && !asks('no-store'),
    maxAgeSeconds: least(wishes, 's-maxage'),
    ttlSeconds: least(wishes, 'ttl'),
    maxTtlSeconds: undefined,
    onlyIfCached: asks('only-if-cached'),
    namespace: namespaceOf(wishes),
    wishes,
    dialects,
  };
}

function least(wishes: readonly SentDirective[], control: 'ttl' | 's-maxage'): number | undefined {
  const all = wishes.flatMap((wish) => (wish.control === control ? [wish.seconds] : []));
  return all.length === 0 ? undefined : Math.min(...all);
}

/** Of several, all count: the answer is for those who name the same ones. */
function namespaceOf(wishes: readonly SentDirective[]): string | undefined {
  const all = new Set(wishes.flatMap((wish) => (wish.control === 'namespace' ? [wish.namespace] : [])));
  return all.size > 1 ? JSON.stringify([...all].toSorted()) : [...all][0];
}
