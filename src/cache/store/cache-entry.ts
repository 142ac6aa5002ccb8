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

/** An answer as it lies in memory. */
export interface MemoryEntry extends Omit<CacheEntry, 'body'> {
  /** Short ones are strings with a character for each byte. */
  body: Buffer | string;
}

/** What an answer's bytes may lie in beyond themselves: the facts of a frame, but not Node's pool for small buffers. */
const SLACK_BYTES = 1024;

/**
 * An answer to be kept in memory, without anything else that its bytes lie among.
 *
 * @param shortBytes - bodies up to this lie in V8's own heap. See ADR 0013
 */
export function toMemory(entry: CacheEntry, shortBytes: number): MemoryEntry {
  return withBody(entry, entry.body.length > shortBytes ? ownBytes(entry.body) : entry.body.toString('latin1'));
}

/** An answer that was kept in memory. */
export function fromMemory(near: MemoryEntry): CacheEntry {
  return withBody(near, typeof near.body === 'string' ? Buffer.from(near.body, 'latin1') : near.body);
}

/** No spread: V8 would give each entry a hidden class of its own, and there are very many entries. */
function withBody<Body>(entry: Omit<CacheEntry, 'body'>, body: Body): Omit<CacheEntry, 'body'> & { body: Body } {
  return {
    body,
    usage: entry.usage,
    listCostPusd: entry.listCostPusd,
    provider: entry.provider,
    upstreamModel: entry.upstreamModel,
    systemFingerprint: entry.systemFingerprint,
    createdAt: entry.createdAt,
    ttlSeconds: entry.ttlSeconds,
    teamId: entry.teamId,
    tags: entry.tags,
    askedAt: entry.askedAt,
    rulesSeen: entry.rulesSeen,
  };
}

/** A piece of a pool would keep the pool alive for as long as the answer is kept. */
function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= bytes.length + SLACK_BYTES) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}
