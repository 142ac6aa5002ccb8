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
 * The bytes in memory of their own. A slice of a pool or of a longer message keeps all of it alive, which the length of the
 * slice does not show.
 */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
