import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { FaultProxy } from '../support/fault-proxy';
import { freePort } from '../support/free-port';
import { type RunningGateway, startGateway } from '../support/gateway';
import { OwnRedis } from '../support/own-redis';

const { TEST_REDIS_URL } = process.env;
const FREEZE_MS = Number(process.env.FREEZE_MS ?? 3_000);
const RESTARTS = Number(process.env.REDIS_RESTARTS ?? 3);
const CALLS_A_SECOND = Number(process.env.REDIS_CALLS_A_SECOND ?? 80);
/** Longer in the short form, so that Redis does not count as unavailable on a machine that is busy with other tests. */
const TIMEOUT_MS = process.env.REDIS_AWAY_TIMEOUT_MS ?? '250';
/** How often one outage of Redis may be logged. */
const MOST_PAIRS = Number(process.env.REDIS_MOST_PAIRS ?? 3);
/** Limits of the long form: how long Redis may count as unavailable after a thaw, and the latency that a frozen Redis may add. */
const BACK_MS = Number(process.env.REDIS_BACK_MS ?? Infinity);
const P99_ADDED_MS = Number(process.env.REDIS_P99_ADDED_MS ?? Infinity);
const WORST_MS = Number(process.env.REDIS_WORST_MS ?? Infinity);
const describeWithRedis = TEST_REDIS_URL ? describe : describe.skip;

interface Call {
  at: number;
  ms: number;
  cache: string | null;
}

/**
 * Whatever happens to Redis, no call fails, and each gets the right response. Half of the calls are hits, half are misses; all
 * use Redis for the rate limit, the cache and the lease of the flight.
 */
describeWithRedis('Redis away under load (needs TEST_REDIS_URL)', () => {
  let redis: OwnRedis;
  let proxy: FaultProxy;
  let gateway: RunningGateway;
  let key: string;
  let asked = 0;
  const failed: unknown[] = [];

  const start = async (redisUrl: string) => {
    const env = { REDIS_URL: redisUrl, REDIS_TIMEOUT_MS: TIMEOUT_MS, CACHE_MEMORY_MB: '1' };
    const started = await startGateway({ env });
    return { started, key: (await started.createKey({ rpm_limit: 1_000_000 })).key };
  };
  /** The log lines with a message, and their times. */
  const lines = (message: string, of = gateway) =>
    of.output
      .split('\n')
      .filter((line) => line.includes(`"msg":"${message}`))
      .map((line) => JSON.parse(line) as { time: string; reason?: string });
  /** How often the log says that Redis is away and that it is back, once both numbers are equal. */
  const pairs = () =>
    eventually(() => {
      const [away, back] = [lines('Redis is away').length, lines('Redis is back').length];
      return away === back ? { away } : undefined;
    });
  const redisState = async (of = gateway) => (await of.request('GET', '/health/ready', undefined)).body.redis as string;
  const untilBack = (of = gateway) => eventually(async () => (await redisState(of)) === 'ok', 20_000);

  const ask = async (text: string): Promise<Call> => {
    const at = Date.now();
    const startedAt = performance.now();
    const { status, headers, body } = await gateway.chat(key, text);
    const content = body?.choices?.[0]?.message?.content;
    if (status !== 200 || !String(content).endsWith(text)) failed.push({ text, status, body });
    return { at, ms: performance.now() - startedAt, cache: headers.get('x-cache-status') };
  };
  /** Calls at a steady rate while an action runs, however slow the calls are. */
  const during = async (what: () => Promise<unknown>): Promise<Call[]> => {
    const calls: Promise<Call | undefined>[] = [];
    const run = { over: false };
    const ending = what().finally(() => (run.over = true));
    const startedAt = performance.now();
    while (!run.over) {
      const due = ((performance.now() - startedAt) / 1000) * CALLS_A_SECOND;
      while (calls.length < due) {
        const text = (asked += 1) % 2 ? `often asked ${asked % 40}` : `new question ${asked}`;
        calls.push(ask(text).catch((error: unknown) => void failed.push({ text, error })));
      }
      await delay(5);
    }
    await ending;
    return (await Promise.all(calls)).filter((call) => call !== undefined);
  };
  const percentile = (calls: Call[], share: number) => {
    const sorted = calls.map(({ ms }) => ms).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  };

  beforeAll(async () => {
    redis = await OwnRedis.start();
    proxy = await FaultProxy.to(redis.port);
    ({ started: gateway, key } = await start(`redis://127.0.0.1:${proxy.port}`));
    await untilBack();
    await during(() => delay(1_000));
  });
  afterEach(() => void failed.splice(0));
  afterAll(async () => {
    redis?.thaw();
    await gateway?.stop();
    await proxy?.stop();
    await redis?.stop();
  });

  it(
    `is frozen for ${FREEZE_MS} ms: no call fails, two lines in the log, soon back after the thaw`,
    async () => {
      const before = await pairs();
      const baseline = await during(() => delay(Math.max(2_000, FREEZE_MS / 2)));
      redis.freeze();
      const frozen = await during(() => delay(FREEZE_MS));
      redis.thaw();
      const thawedAt = Date.now();
      const after = await during(untilBack);
      const backMs = await eventually(() =>
        lines('Redis is back')
          .map(({ time }) => Date.parse(time) - thawedAt)
          .find((ms) => ms > 0),
      );
      const said = (await pairs()).away - before.away;
      const added = percentile(frozen, 0.99) - percentile(baseline, 0.99);
      const worst = percentile(frozen, 1);
      const hits = frozen.filter(({ cache }) => cache === 'HIT').length;
      process.stderr.write(
        `Redis frozen for ${FREEZE_MS} ms: ${frozen.length} calls, ${hits} hits, ${failed.length} failed, p99 ` +
          `${percentile(baseline, 0.99).toFixed(0)} ms before, ${added.toFixed(1)} ms added, worst ${worst.toFixed(0)} ms, ` +
          `back ${backMs} ms after the thaw\n`,
      );
      expect(failed.slice(0, 5)).toEqual([]);
      expect(said).toBeGreaterThan(0);
      expect(said).toBeLessThanOrEqual(MOST_PAIRS);
      expect(backMs).toBeLessThan(BACK_MS);
      expect(added).toBeLessThan(P99_ADDED_MS);
      expect(worst).toBeLessThan(WORST_MS);
      expect(hits).toBeGreaterThan(0);
      expect(after.length).toBeGreaterThan(0);
    },
    120_000 + FREEZE_MS * 2,
  );

  it(
    `is killed and started again empty ${RESTARTS} times: no call fails, and it is used again`,
    async () => {
      const before = await pairs();
      for (let round = 0; round < RESTARTS; round += 1) {
        await during(async () => {
          await redis.kill();
          await delay(300 + Math.random() * 500);
          await redis.startAgain();
          await untilBack();
        });
      }
      await during(() => delay(500));
      expect(failed.slice(0, 5)).toEqual([]);
      const said = (await pairs()).away - before.away;
      expect(said).toBeGreaterThan(0);
      expect(said).toBeLessThanOrEqual(RESTARTS * MOST_PAIRS);
      expect(await redis.command<number>('DBSIZE')).toBeGreaterThan(0);
    },
    120_000 + RESTARTS * 10_000,
  );

  it.each(['drip', 'reset', 'garbage'] as const)(
    'sends damaged replies (%s): no call fails, and hits return afterwards',
    async (fault) => {
      await during(async () => {
        proxy.fault = fault;
        await delay(2_500);
        proxy.fault = 'none';
        await untilBack();
      });
      expect(failed.slice(0, 5)).toEqual([]);
      const text = `after ${fault}`;
      await eventually(async () => (await ask(text)).cache === 'HIT');
      expect(failed).toEqual([]);
      expect((await pairs()).away).toBeLessThan(100);
    },
  );

  it('is away at the start: the gateway is ready without it, logs this once, and uses it as soon as it is there', async () => {
    const port = await freePort();
    const { started, key: its } = await start(`redis://127.0.0.1:${port}`);
    let late: OwnRedis | undefined;
    try {
      const text = 'asked before Redis is there';
      expect((await started.chat(its, text)).status).toBe(200);
      expect(await redisState(started)).toBe('away');
      await delay(1_500);
      expect(lines('Redis is away', started)).toHaveLength(1);
      late = await OwnRedis.start([], port);
      await untilBack(started);
      await started.chat(its, 'asked once Redis is there');
      await eventually(async () => Number(await late?.command('DBSIZE')) > 0);
    } finally {
      await late?.stop();
      await started.stop();
    }
  });
});
