import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, crc32 } from 'node:zlib';
import { z } from 'zod';
import { type CacheEntry, MAX_BODY_BYTES } from './cache-entry';

/**
 * The frame of a stored response in Redis. A hit parses the short facts alone; the body is sent as it was stored.
 *
 * | bytes | what                                                                     |
 * | ----- | ------------------------------------------------------------------------ |
 * | 2     | `TG`                                                                     |
 * | 1     | version of this layout                                                   |
 * | 1     | compression of the body: 0 none, 1 Brotli                                |
 * | 4     | CRC-32 of the cache key and of all that follows, so that a response under another key is not read |
 * | 4     | length of the facts                                                      |
 * | 4     | length of the uncompressed body                                          |
 * | …     | the facts as JSON, then the body                                         |
 */
const MAGIC = 0x5447;
const VERSION = 1;
const HEAD_BYTES = 16;
const CRC_AT = 4;
const CHECKED_FROM = 8;
const PLAIN = 0;
const BROTLI = 1;
/** Decompressing smaller bodies costs more than their memory in Redis is worth. See ADR 0010. */
const COMPRESS_FROM_BYTES = 32 * 1024;
/** A compressed body is stored where its size is below this part of the original. */
const WORTHWHILE_RATIO = 0.9;

const count = z.number().int().min(0);
const counts = z.object({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count.optional(),
  longCacheWriteTokens: count.optional(),
  outputTokens: count,
  reasoningTokens: count,
  audioInputTokens: count.optional(),
  cachedAudioTokens: count.optional(),
  audioOutputTokens: count.optional(),
  serviceTier: z.string().optional(),
});
const factsSchema = z.object({
  usage: counts.extend({ otherModels: z.array(z.object({ model: z.string(), usage: counts })).optional() }),
  listCostPusd: z.string().regex(/^\d+$/),
  provider: z.string(),
  upstreamModel: z.string().optional(),
  systemFingerprint: z.string().optional(),
  dropped: z.array(z.string()).optional(),
  createdAt: z.number(),
  ttlSeconds: z.number().positive(),
  teamId: z.string(),
  tags: z.array(z.string()),
  askedAt: z.number(),
  rulesSeen: count,
});

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** @returns the frame of a response that is stored under the key */
export async function writeFrame(key: string, { body, ...entry }: CacheEntry): Promise<Buffer> {
  const facts = Buffer.from(JSON.stringify({ ...entry, listCostPusd: entry.listCostPusd.toString() }));
  const packed = body.length < COMPRESS_FROM_BYTES ? undefined : await pack(body);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + facts.length + (packed ?? body).length);
  frame.writeUInt16BE(MAGIC, 0);
  frame.writeUInt8(VERSION, 2);
  frame.writeUInt8(packed ? BROTLI : PLAIN, 3);
  frame.writeUInt32BE(facts.length, 8);
  frame.writeUInt32BE(body.length, 12);
  facts.copy(frame, HEAD_BYTES);
  (packed ?? body).copy(frame, HEAD_BYTES + facts.length);
  frame.writeUInt32BE(checksumOf(key, frame), CRC_AT);
  return frame;
}

/** @returns the entry; undefined for a frame that is damaged, or of another key or version */
export async function readFrame(key: string, frame: Buffer): Promise<CacheEntry | undefined> {
  if (frame.length <= HEAD_BYTES || frame.readUInt16BE(0) !== MAGIC || frame[2] !== VERSION) return undefined;
  if (frame.readUInt32BE(CRC_AT) !== checksumOf(key, frame)) return undefined;
  const bodyAt = HEAD_BYTES + frame.readUInt32BE(8);
  const facts = readFacts(frame.subarray(HEAD_BYTES, bodyAt));
  const body = facts && (await unpack(frame.subarray(bodyAt), frame[3], frame.readUInt32BE(12)));
  if (!facts || !body) return undefined;
  const listCostPusd = BigInt(facts.listCostPusd);
  return { upstreamModel: undefined, systemFingerprint: undefined, ...facts, listCostPusd, body };
}

function checksumOf(key: string, frame: Buffer): number {
  return crc32(frame.subarray(CHECKED_FROM), crc32(key, frame[3]));
}

function readFacts(bytes: Buffer): z.output<typeof factsSchema> | undefined {
  try {
    return factsSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Runs on the thread pool, as does decompressing. @returns undefined where it saves too little */
async function pack(body: Buffer): Promise<Buffer | undefined> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  const packed = await compress(body, { params });
  return packed.length < body.length * WORTHWHILE_RATIO ? packed : undefined;
}

async function unpack(stored: Buffer, compression: number | undefined, length: number): Promise<Buffer | undefined> {
  if (length === 0 || length > MAX_BODY_BYTES) return undefined;
  if (compression === PLAIN) return stored.length === length ? stored : undefined;
  if (compression !== BROTLI) return undefined;
  // Limited to the declared length: a small frame must not expand to much memory.
  const body = await decompress(stored, { maxOutputLength: length, chunkSize: length }).catch(() => undefined);
  return body?.length === length ? body : undefined;
}
