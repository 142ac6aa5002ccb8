import type { TokenUsage } from '@thriftgate/providers';
import { z } from 'zod';

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

const count = z.number().int().min(0);

const packedSchema = z.object({
  body: z.string().min(1),
  usage: z.object({ inputTokens: count, cachedInputTokens: count, outputTokens: count, reasoningTokens: count }),
  listCostPusd: z.string().regex(/^\d+$/),
  provider: z.string(),
  upstreamModel: z.string().optional(),
  systemFingerprint: z.string().optional(),
  createdAt: z.number(),
  ttlSeconds: z.number().positive(),
  teamId: z.string(),
  tags: z.array(z.string()),
  askedAt: z.number(),
  rulesSeen: count,
});

/** An entry as Redis keeps it: texts and numbers alone. */
export type PackedEntry = Omit<CacheEntry, 'body' | 'listCostPusd'> & { body: string; listCostPusd: string };

export function packEntry(entry: CacheEntry): PackedEntry {
  return { ...entry, body: entry.body.toString('utf8'), listCostPusd: entry.listCostPusd.toString() };
}

/** @returns undefined for a value that is no entry: a value somebody damaged is a miss and never an error */
export function unpackEntry(value: unknown): CacheEntry | undefined {
  const { data: packed } = packedSchema.safeParse(value);
  return (
    packed && ({ ...packed, body: ownBytes(packed.body), listCostPusd: BigInt(packed.listCostPusd) } as CacheEntry)
  );
}

/** A piece of Node's shared pool would keep the whole pool alive for as long as the entry stays in memory. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
