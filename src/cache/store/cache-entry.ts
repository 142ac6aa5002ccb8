import type { TokenUsage } from '@thriftgate/providers';

/** A stored answer. */
export interface CacheEntry {
  /** The whole answer with `"cached":true` in it, ready to be sent. */
  body: Buffer;
  usage: TokenUsage;
  /** What the answer would cost at list price, in pico-dollars. */
  listCostPusd: bigint;
  provider: string;
  upstreamModel: string | undefined;
  systemFingerprint: string | undefined;
  /** Milliseconds since 1970. */
  createdAt: number;
  ttlSeconds: number;
  teamId: string;
  tags: readonly string[];
  /** When the question was asked, in milliseconds since 1970. */
  askedAt: number;
  /** The newest invalidation rule that was known when the question was asked, see InvalidationRules. */
  rulesSeen: number;
}

/** Larger answers are not stored. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The same bytes in memory of their own. A slice of a pool or of a longer message keeps all of it alive, which no count of the
 * slice's length shows.
 */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
