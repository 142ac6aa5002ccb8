import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commandOptions, createClient } from 'redis';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { OwnRedis } from '../support/own-redis';
import { ownRedisDatabase } from '../support/stores';

const { TEST_REDIS_URL } = process.env;
const QUESTIONS = 120;
const ENTRIES = Number(process.env.CACHE_ENTRIES ?? 20_000);
/** How far memory may exceed its limit. */
const SLACK = 1.05;
const describeWithRedis = TEST_REDIS_URL ? describe : describe.skip;

/** Values in Redis may be damaged, too large or too many: a response is correct, or it is a miss. */
describeWithRedis('responses in a damaged or full Redis (needs TEST_REDIS_URL)', () => {
  const started: (RunningGateway | OwnRedis)[] = [];

  const start = async (...settings: string[]) => {
    const redis = await OwnRedis.start(settings);
    // Long, because outages are not tested here and the machine may be busy.
    const env = {
      REDIS_URL: redis.url,
      QUEUE_REDIS_URL: await ownRedisDatabase(String(TEST_REDIS_URL)),
      REDIS_TIMEOUT_MS: '2000',
    };
    const gateway = await startGateway({ env });
    started.unshift(gateway);
    started.push(redis);
    const { key } = await gateway.createKey();
    const isReady = async () => (await gateway.request('GET', '/health/ready', undefined)).body.redis === 'ok';
    await eventually(isReady);
    const ask = async (text: string, members = {}) => {
      const { status, headers, body } = await gateway.chat(key, text, members);
      const content = String(body?.choices?.[0]?.message?.content);
      return { status, cache: headers.get('x-cache-status'), content };
    };
    const lines = (message: string) => gateway.output.split('\n').filter((line) => line.includes(`"msg":"${message}`));
    /** The same gateway with an empty memory. */
    const forget = async () => {
      await gateway.restart();
      await eventually(isReady);
    };
    return { redis, ask, lines, forget, isReady };
  };
  afterEach(async () => {
    for (const each of started.splice(0)) await each.stop();
  });

  it('are misses if a bit is flipped, or if they are cut, moved or not responses', async () => {
    const { redis, ask, forget } = await start();
    const question = (index: number) =>
      `question ${index} ${'of some length '.repeat(index % 3 ? 2 : 3_000)}end ${index}`;
    for (let index = 0; index < QUESTIONS; index += 1) await ask(question(index));
    const client = createClient({ url: redis.url });
    await client.connect();
    const asBytes = commandOptions({ returnBuffers: true });
    const keys = await eventually(async () => {
      const found = await client.keys('ai_cache:*');
      return found.length === QUESTIONS ? found.toSorted() : undefined;
    });
    const values = await Promise.all(keys.map(async (key) => (await client.get(asBytes, key)) ?? Buffer.alloc(0)));
    for (const [index, key] of keys.entries()) {
      const value = Buffer.from(values[index] ?? '');
      const at = randomInt(value.length);
      const damaged = [
        () => value.fill((value[at] as number) ^ (1 << randomInt(8)), at, at + 1),
        () => value.subarray(0, at),
        () => values[(index + 1) % values.length] ?? value,
        () => Buffer.concat([value, Buffer.from('more')]),
        () => Buffer.from('{"body":"{}"}'),
        () => Buffer.alloc(at),
      ][index % 6]?.();
      await client.set(key, damaged ?? '');
    }
    await client.del(keys[0] as string);
    await client.lPush(keys[0] as string, 'another kind of value');
    await client.disconnect();
    await forget();
    const answers = await Promise.all(Array.from({ length: QUESTIONS }, (_, index) => ask(question(index))));
    for (const [index, { status, cache, content }] of answers.entries())
      expect({ status, cache, right: content.endsWith(question(index)) }).toEqual({
        status: 200,
        cache: 'MISS',
        right: true,
      });
    // Callers do not wait until their responses are stored.
    await delay(500);
    await forget();
    // New responses have replaced all of them, except the one whose key has another type of value.
    const healed = await Promise.all(Array.from({ length: QUESTIONS }, (_, index) => ask(question(index))));
    expect(healed.filter(({ cache }) => cache === 'HIT').length).toBeGreaterThanOrEqual(QUESTIONS - 1);
  });

  it('are served from Redis up to 10 MB', async () => {
    const { redis, ask, forget } = await start();
    const large = '[[words=700000]] nearly 10 MB';
    const huge = '[[words=1000000]] over 10 MB';
    for (const text of [large, huge]) expect((await ask(text)).status).toBe(200);
    await forget();
    const [one, other] = [await ask(large), await ask(huge)];
    expect([one.cache, other.cache]).toEqual(['HIT', 'MISS']);
    expect(one.content.split(' ')).toHaveLength(700_000);
    expect(other.content.split(' ')).toHaveLength(1_000_000);
    expect(Number(await redis.command('DBSIZE'))).toBeGreaterThan(0);
  });

  it('are still served if Redis is full, and stored again once it has room', async () => {
    const { redis, ask, lines, forget, isReady } = await start(
      '--maxmemory',
      '6mb',
      '--maxmemory-policy',
      'noeviction',
    );
    await ask('kept while there is room');
    const incompressible = () => Array.from({ length: 6_000 }, () => randomInt(2 ** 32).toString(36)).join(' ');
    for (let index = 0; index < 400 && lines('Redis is full').length === 0; index += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(incompressible())));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
    }
    await eventually(() => lines('Redis is full').length > 0);
    for (let index = 0; index < 20; index += 1) expect((await ask(`while it is full ${index}`)).status).toBe(200);
    expect(lines('Redis is full')).toHaveLength(1);
    expect([await isReady(), lines('Redis is away').length]).toEqual([true, 0]);
    await forget();
    expect((await ask('kept while there is room')).cache).toBe('HIT');
    await eventually(async () => {
      await ask(incompressible());
      return lines('Redis is full').length === 2;
    });
    await redis.command('CONFIG', 'SET', 'maxmemory', '100mb');
    await eventually(async () => {
      await ask(`once there is room ${Date.now()}`);
      return lines('Redis has room again').length === 1;
    }, 20_000);
  });

  it('replace each other in a Redis that evicts, within its memory limit', async () => {
    const { redis, ask, lines } = await start('--maxmemory', '6mb', '--maxmemory-policy', 'allkeys-lru');
    const text = () => Array.from({ length: 6_000 }, () => randomInt(2 ** 32).toString(36)).join(' ');
    for (let index = 0; index < 300; index += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(text())));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
    }
    const info = await redis.command<string>('INFO');
    expect(Number(/evicted_keys:(\d+)/.exec(info)?.[1])).toBeGreaterThan(0);
    expect([lines('Redis is full').length, lines('Redis is away').length]).toEqual([0, 0]);
    expect((await ask('small')).status).toBe(200);
  });

  it(
    `${ENTRIES} of them take no more of memory than they may, and lie in Redis`,
    async () => {
      const redis = await OwnRedis.start(['--maxmemory', '1500mb', '--maxmemory-policy', 'allkeys-lru']);
      started.push(redis);
      const bound = 16 * 1024 * 1024;
      const program = resolve(__dirname, '../support/fill-cache.cjs');
      const args = ['--expose-gc', program, redis.url, String(ENTRIES), String(bound)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { takenBytes, evicted, count, hits } = JSON.parse(stdout);
      process.stderr.write(`${ENTRIES} answers took ${(takenBytes / 1024 / 1024).toFixed(1)} of 16 MiB\n`);
      expect(takenBytes).toBeLessThan(bound * SLACK);
      // And not much less, so that the reported memory is the used memory.
      expect(takenBytes).toBeGreaterThan(bound * 0.5);
      expect(evicted).toBeGreaterThan(ENTRIES / 3);
      expect(count.keys).toBe(ENTRIES);
      expect(hits.wrong).toBe(0);
      expect(hits.found).toBeGreaterThan(1_900);
    },
    120_000 + ENTRIES,
  );
});
