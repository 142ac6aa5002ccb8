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
/** A frame whose checksum is right, whatever else is wrong. */
const sealed = (frame: Buffer) => {
  frame.writeUInt32BE(crc32(frame.subarray(8), crc32(KEY, frame[3])), 4);
  return frame;
};
const bomb = (plainBytes: number, promised: number) => {
  const head = Buffer.alloc(16);
  head.write('TG');
  head.writeUInt8(1, 2);
  head.writeUInt8(1, 3);
  const { body: _, ...facts } = { ...entry(small), listCostPusd: '1' };
  const json = Buffer.from(JSON.stringify(facts));
  head.writeUInt32BE(json.length, 8);
  head.writeUInt32BE(promised, 12);
  const packed = brotliCompressSync(Buffer.alloc(plainBytes), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  return sealed(Buffer.concat([head, json, packed]));
};

describe('an answer as bytes', () => {
  it.each([
    ['small', small],
    ['large', prose],
    [
      'large and not to be packed',
      Buffer.from(Array.from({ length: 40_000 }, (_, at) => (at * at * 2_654_435_761) >>> 13)),
    ],
    ['of any bytes', Buffer.from([0, 255, 128, 13, 10])],
  ])('comes back as it was: %s', async (_, body) => {
    const found = await readFrame(KEY, await writeFrame(KEY, entry(body)));
    expect({ ...found, body: found?.body.equals(body) }).toEqual({ ...entry(body), body: true });
  });

  it('is packed where it is large', async () => {
    expect((await writeFrame(KEY, entry(prose))).length).toBeLessThan(prose.length / 10);
    expect((await writeFrame(KEY, entry(small))).includes(small)).toBe(true);
  });

  it('is none under another key', async () => {
    expect(await readFrame(`${KEY}d`, await writeFrame(KEY, entry(small)))).toBeUndefined();
  });

  it.each([small, prose])('is none when any bit of it is another one', async (body) => {
    const whole = await writeFrame(KEY, entry(body));
    for (let at = 0; at < Math.min(whole.length, 700); at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      expect(await readFrame(KEY, damaged)).toBeUndefined();
    }
  });

  it.each([small, prose])('is none when it is cut anywhere, or goes on', async (body) => {
    const whole = await writeFrame(KEY, entry(body));
    for (let length = 0; length < whole.length; length += 7)
      expect(await readFrame(KEY, whole.subarray(0, length))).toBeUndefined();
    expect(await readFrame(KEY, Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined();
  });

  it('is not any bytes, also with a checksum that is right', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isSealed) => {
        const frame = Buffer.concat([Buffer.from('TG\x01'), Buffer.from(bytes)]);
        expect(await readFrame(KEY, isSealed && frame.length > 8 ? sealed(frame) : frame)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['of another version', (frame: Buffer) => frame.writeUInt8(2, 2)],
    ['packed in a way that is not known', (frame: Buffer) => frame.writeUInt8(7, 3)],
    ['whose facts are said to be longer than all', (frame: Buffer) => frame.writeUInt32BE(0xffffffff, 8)],
    ['whose body is said to be longer', (frame: Buffer) => frame.writeUInt32BE(small.length + 1, 12)],
    ['whose facts are no JSON', (frame: Buffer) => frame.write('nope', 16)],
    ['whose facts lack one', (frame: Buffer) => frame.write('x', frame.indexOf('rulesSeen'))],
    ['whose facts are of another kind', (frame: Buffer) => frame.write('"6"', frame.indexOf('60,"teamId"') - 1)],
  ])('is none %s, with a checksum that is right', async (_, damage) => {
    const frame = await writeFrame(KEY, entry(small));
    damage(frame);
    expect(await readFrame(KEY, sealed(frame))).toBeUndefined();
  });

  it('is none when it unpacks to more than it says, or says more than may be', async () => {
    expect((await readFrame(KEY, bomb(50_000, 50_000)))?.body).toHaveLength(50_000);
    expect(await readFrame(KEY, bomb(MAX_BODY_BYTES + 1, MAX_BODY_BYTES + 1))).toBeUndefined();
    expect(await readFrame(KEY, bomb(100, 200))).toBeUndefined();
  });

  it('is not unpacked beyond what it says', async () => {
    const frame = bomb(64_000_000, 50_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(await readFrame(KEY, frame)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  });
});
