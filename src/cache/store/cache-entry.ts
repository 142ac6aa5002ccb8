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

/** What an answer's bytes may lie in beyond themselves: the facts of a frame, but not Node's pool for small buffers. */
const SLACK_BYTES = 1024;

/** The bytes in memory of their own: a piece of a pool would keep the pool alive for as long as the answer is kept. */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= bytes.length + SLACK_BYTES) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
