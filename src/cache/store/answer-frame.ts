import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, crc32 } from 'node:zlib';
import { z } from 'zod';
import { type CacheEntry, MAX_BODY_BYTES } from './cache-entry';

/**
 * An answer as bytes: what Redis keeps. A hit reads the short facts alone; the body goes out as it came.
 *
 * | bytes | what                                                                     |
 * | ----- | ------------------------------------------------------------------------ |
 * | 2     | `TG`                                                                     |
 * | 1     | version of this layout                                                   |
 * | 1     | how the body is packed: 0 as it is, 1 Brotli                             |
 * | 4     | CRC-32 of the cache key and of all that follows, so that an answer under another's key is none |
 * | 4     | length of the facts                                                      |
 * | 4     | length of the unpacked body                                              |
 * | …     | the facts as JSON, then the body                                         |
 */
const MAGIC = 0x5447;
const VERSION = 1;
const HEAD_BYTES = 16;
const CRC_AT = 4;
const CHECKED_FROM = 8;
const PLAIN = 0;
const BROTLI = 1;
/** Smaller bodies cost more to unpack than their room in Redis is worth. See ADR 0010. */
const PACK_FROM_BYTES = 32 * 1024;
/** What packing must save at least. */
const WORTH_IT = 0.9;

const count = z.number().int().min(0);
const factsSchema = z.object({
  usage: z.object({
    inputTokens: count,
    cachedInputTokens: count,
    cacheWriteTokens: count.optional(),
    outputTokens: count,
    reasoningTokens: count,
  }),
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

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** @returns the bytes of an answer to be stored under a key */
export async function writeFrame(key: string, { body, ...entry }: CacheEntry): Promise<Buffer> {
  const facts = Buffer.from(JSON.stringify({ ...entry, listCostPusd: entry.listCostPusd.toString() }));
  const packed = body.length < PACK_FROM_BYTES ? undefined : await pack(body);
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

/** @returns the answer; undefined for what is none, is damaged, was stored under another key or by another version */
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

/** On a thread of its own, as is unpacking. @returns undefined where it saves too little */
async function pack(body: Buffer): Promise<Buffer | undefined> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  const packed = await compress(body, { params });
  return packed.length < body.length * WORTH_IT ? packed : undefined;
}

async function unpack(stored: Buffer, how: number | undefined, length: number): Promise<Buffer | undefined> {
  if (length === 0 || length > MAX_BODY_BYTES) return undefined;
  if (how === PLAIN) return stored.length === length ? stored : undefined;
  if (how !== BROTLI) return undefined;
  // Never more than what was promised, however much is packed in there.
  const body = await decompress(stored, { maxOutputLength: length, chunkSize: length }).catch(() => undefined);
  return body?.length === length ? body : undefined;
}
