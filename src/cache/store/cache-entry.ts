import type { TokenUsage } from '@thriftgate/providers';

/** A stored response. */
export interface CacheEntry {
  /** The whole response with `"cached":true` in it, ready to be sent. */
  body: Buffer;
  usage: TokenUsage;
  /** The cost of the response at list price, in pico-dollars. */
  listCostPusd: bigint;
  provider: string;
  upstreamModel: string | undefined;
  systemFingerprint: string | undefined;
  /** Members of the request that the vendor lacks; undefined for none. */
  dropped?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
  ttlSeconds: number;
  teamId: string;
  tags: readonly string[];
  /** When the call started, in milliseconds since 1970. */
  askedAt: number;
  /** The newest invalidation rule that was known when the call started, see InvalidationRules. */
  rulesSeen: number;
}

/** Larger responses are not stored. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The memory of an entry beside its body, key and tags. Measured with 100,000 entries on Node 20 and 24: 800 bytes of heap for
 * the entry's objects and its node in the LRU list, 84 for its place in its scope's, and 140 bytes of RSS for malloc's headers and for
 * pages that are not full.
 */
export const ENTRY_OVERHEAD_BYTES = 1024;

/** The bytes of memory that an entry takes. */
export function sizeOf(key: string, { body, tags }: CacheEntry): number {
  return body.length + key.length * 2 + tags.reduce((sum, tag) => sum + tag.length * 2, 0) + ENTRY_OVERHEAD_BYTES;
}

/**
 * The bytes in memory of their own. A slice of a pool or of a longer message keeps all of it alive, which the length of the
 * slice does not show.
 */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
