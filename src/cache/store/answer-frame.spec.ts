import { brotliCompressSync, constants, crc32 } from 'node:zlib';
import fc from 'fast-check';
import { readFrame, writeFrame } from './answer-frame';
import { type CacheEntry, MAX_BODY_BYTES } from './cache-entry';

const KEY = 'ai_cache:team_1:gpt-4.1:1:abc';
const entry = (body: Buffer, members: Partial<CacheEntry> = {}): CacheEntry => ({
  body,
  usage: { inputTokens: 9, cachedInputTokens: 4, cacheWriteTokens: 3, outputTokens: 2, reasoningTokens: 1 },
  listCostPusd: 12_345_678_901_234_567_890n,
  provider: 'openai',
  upstreamModel: 'gpt-4.1-2025-04-14',
  systemFingerprint: undefined,
  createdAt: 1_700_000_000_000,
  ttlSeconds: 60,
  teamId: 'team_1',
  tags: ['한국어', 'a'],
  askedAt: 1_700_000_000_000,
  rulesSeen: 3,
  ...members,
});
const prose = Buffer.from('The cheapest call is the one that nobody has to make twice. 한국어 '.repeat(2_000));
const small = Buffer.from('{"text":"한국어","cached":true}');
/** The frame with a valid checksum. */
const sealed = (frame: Buffer) => {
  frame.writeUInt32BE(crc32(frame.subarray(8), crc32(KEY, frame[3])), 4);
  return frame;
};
const bomb = (plainBytes: number, declared: number) => {
  const head = Buffer.alloc(16);
  head.write('TG');
  head.writeUInt8(1, 2);
  head.writeUInt8(1, 3);
  const { body: _, ...facts } = { ...entry(small), listCostPusd: '1' };
  const json = Buffer.from(JSON.stringify(facts));
  head.writeUInt32BE(json.length, 8);
  head.writeUInt32BE(declared, 12);
  const packed = brotliCompressSync(Buffer.alloc(plainBytes), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  return sealed(Buffer.concat([head, json, packed]));
};

describe('the frame of a stored response', () => {
  it.each([
    ['small', small],
    ['large', prose],
    [
      'large and incompressible',
      Buffer.from(Array.from({ length: 40_000 }, (_, at) => (at * at * 2_654_435_761) >>> 13)),
    ],
    ['of any bytes', Buffer.from([0, 255, 128, 13, 10])],
  ])('restores the entry: %s', async (_, body) => {
    const found = await readFrame(KEY, await writeFrame(KEY, entry(body)));
    expect({ ...found, body: found?.body.equals(body) }).toEqual({ ...entry(body), body: true });
  });

  it('compresses a large body', async () => {
    expect((await writeFrame(KEY, entry(prose))).length).toBeLessThan(prose.length / 10);
    expect((await writeFrame(KEY, entry(small))).includes(small)).toBe(true);
  });

  it('is not read under another key', async () => {
    expect(await readFrame(`${KEY}d`, await writeFrame(KEY, entry(small)))).toBeUndefined();
  });

  it.each([small, prose])('is not read where any bit is flipped', async (body) => {
    const whole = await writeFrame(KEY, entry(body));
    for (let at = 0; at < Math.min(whole.length, 700); at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      expect(await readFrame(KEY, damaged)).toBeUndefined();
    }
  });

  it.each([small, prose])('is not read where it is truncated or extended', async (body) => {
    const whole = await writeFrame(KEY, entry(body));
    for (let length = 0; length < whole.length; length += 7)
      expect(await readFrame(KEY, whole.subarray(0, length))).toBeUndefined();
    expect(await readFrame(KEY, Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
  });

  it('is not read from random bytes, also with a valid checksum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isSealed) => {
        const frame = Buffer.concat([Buffer.from('TG\x01'), Buffer.from(bytes)]);
        expect(await readFrame(KEY, isSealed && frame.length > 8 ? sealed(frame) : frame)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['of another version', (frame: Buffer) => frame.writeUInt8(2, 2)],
    ['with an unknown compression', (frame: Buffer) => frame.writeUInt8(7, 3)],
    ['whose length of the facts exceeds the frame', (frame: Buffer) => frame.writeUInt32BE(0xffffffff, 8)],
    ['whose length of the body is wrong', (frame: Buffer) => frame.writeUInt32BE(small.length + 1, 12)],
    ['whose facts are not JSON', (frame: Buffer) => frame.write('nope', 16)],
    ['whose facts lack a member', (frame: Buffer) => frame.write('x', frame.indexOf('rulesSeen'))],
    [
      'whose facts have a member of another type',
      (frame: Buffer) => frame.write('"6"', frame.indexOf('60,"teamId"') - 1),
    ],
  ])('is not read %s, with a valid checksum', async (_, damage) => {
    const frame = await writeFrame(KEY, entry(small));
    damage(frame);
    expect(await readFrame(KEY, sealed(frame))).toBeUndefined();
  });

  it('is not read where its body has another length than declared, or a length over the limit', async () => {
    expect((await readFrame(KEY, bomb(50_000, 50_000)))?.body).toHaveLength(50_000);
    expect(await readFrame(KEY, bomb(MAX_BODY_BYTES + 1, MAX_BODY_BYTES + 1))).toBeUndefined();
    expect(await readFrame(KEY, bomb(100, 200))).toBeUndefined();
  });

  it('is not decompressed beyond the declared length', async () => {
    const frame = bomb(64_000_000, 50_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(await readFrame(KEY, frame)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  });
});
