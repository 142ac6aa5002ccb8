import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { OwnRedis } from '../support/own-redis';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const INVALIDATIONS = Number(process.env.INVALIDATIONS ?? 6);
const CALLS_A_SECOND = Number(process.env.CALLS_A_SECOND ?? 150);
/** Limits of the long form: how long another replica may serve old responses after the invalidation, and while Redis is frozen. */
const ELSEWHERE_MS = Number(process.env.ELSEWHERE_MS ?? Infinity);
const FROZEN_MS = Number(process.env.FROZEN_MS ?? Infinity);
const MODEL = 'gpt-4.1';
const QUESTIONS = 60;
const TICK_MS = 10;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** A response, with the state of the upstream that wrote it. */
interface Answer {
  replica: number;
  askedAt: number;
  wrote: number;
  hit: boolean;
}

/** From `at` on, responses that the upstream wrote in a state below `wrote` are old. */
interface Invalidated {
  at: number;
  /** When each replica was seen to apply the invalidation: from then on it may serve no old response. */
  knownAt: number[];
  by: number;
  wrote: number;
  way: string;
  frozen: boolean;
}

/**
 * The upstream stamps each response with its state. The state is raised, then the responses are invalidated on one replica. No
 * later call on that replica may get an older stamp, nor a call on another replica after that one has dropped a response. Some
 * responses are slow, so that calls always run across an invalidation.
 */
describeWithStores('invalidations under load on two replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let redis: OwnRedis;
  let replicas: RunningGateway[] = [];
  let key: string;
  let teamId: string;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    const env = {
      REDIS_URL: redis.url,
      REDIS_TIMEOUT_MS: '50',
    };
    const one = await startGateway({ env });
    replicas = [one];
    const { DATABASE_URL, SECRET_KEY } = one.env;
    replicas.push(await startGateway({ fake: one.fake, env: { ...env, DATABASE_URL, SECRET_KEY } }));
    ({ key, teamId } = await one.createKey());
    for (const replica of replicas)
      await eventually(async () => (await replica.request('GET', '/v1/models', key)).status === 200 || undefined);
  });
  afterAll(async () => {
    redis?.thaw();
    for (const replica of replicas.toReversed()) await replica.stop();
    await redis?.stop();
  });

  const answers: Answer[] = [];
  const invalidated: Invalidated[] = [];
  const failed: unknown[] = [];
  let state = 0;
  let unscript = () => {};

  const raiseState = () => {
    unscript();
    state += 1;
    unscript = (replicas[0] as RunningGateway).fake.script({ text: `state ${state}` }, { model: MODEL });
  };

  /** @returns the state in which the upstream wrote the response; undefined if there is none */
  const askOn = async (replica: number, text: string): Promise<number | undefined> => {
    const askedAt = performance.now();
    const tags = { 'x-gateway-tags': 'load' };
    const { status, headers, body } = await (replicas[replica] as RunningGateway).chat(
      key,
      text,
      { model: MODEL },
      tags,
    );
    if (status !== 200) return void failed.push([status, body]);
    const wrote = Number(/^state (\d+)$/.exec(body.choices[0].message.content)?.[1]);
    answers.push({ replica, askedAt, wrote, hit: headers.get('x-cache-status') === 'HIT' });
    return wrote;
  };

  /** Calls both replicas in turn, at a steady rate, however slow the responses are. */
  const load = async (run: { over: boolean }) => {
    let asked = 0;
    const running = new Set<Promise<void>>();
    const ask = async () => {
      const number = (asked += 1);
      const replica = number % replicas.length;
      const question = Math.floor(Math.random() * QUESTIONS);
      const text = question % 5 === 0 ? `[[delay=${question * 3}]] question ${question}` : `question ${question}`;
      await askOn(replica, text);
    };
    const startedAt = performance.now();
    while (!run.over) {
      const due = ((performance.now() - startedAt) / 1000) * CALLS_A_SECOND;
      for (let missing = due - asked; missing > 0; missing -= 1) {
        const call = ask()
          .catch((error: unknown) => void failed.push(error))
          .finally(() => running.delete(call));
        running.add(call);
      }
      await delay(TICK_MS);
    }
    await Promise.all(running);
    return asked / ((performance.now() - startedAt) / 1000);
  };

  const ways: [string, () => [string, string, unknown]][] = [
    ['model', () => ['POST', '/admin/cache/invalidate', { model: MODEL }]],
    ['team', () => ['POST', '/admin/cache/invalidate', { team_id: teamId }]],
    ['declared', () => ['PUT', `/admin/models/${MODEL}/version`, { version: `v${state}` }]],
    ['tag', () => ['POST', '/admin/cache/invalidate', { tag: 'load', model: MODEL }]],
    ['before', () => ['POST', '/admin/cache/invalidate', { before: new Date().toISOString() }]],
    ['version', () => ['POST', '/admin/cache/invalidate', { version: `${MODEL}-2026-01-01` }]],
  ];

  const invalidate = async (round: number, frozen: boolean) => {
    const by = round % replicas.length;
    const [way, request] = ways[round % ways.length] ?? ways[0]!;
    const marker = `marker ${invalidated.length}`;
    for (const replica of replicas.keys()) await askOn(replica, marker);
    raiseState();
    const wrote = state;
    const { status, body } = await (replicas[by] as RunningGateway).admin(...request());
    expect({ way, status, body }).toMatchObject({ status: 200 });
    const at = performance.now();
    const known = async (replica: number) =>
      Number(await askOn(replica, marker)) >= wrote ? performance.now() : undefined;
    const knownAt = await Promise.all(
      replicas.map((_, replica) => (replica === by ? at : eventually(() => known(replica)))),
    );
    invalidated.push({ at, knownAt, by, wrote, way, frozen });
  };

  it(
    'remove old responses: at once on this replica, soon on the other, also while Redis is frozen',
    async () => {
      raiseState();
      const run = { over: false };
      const running = load(run);
      await delay(2_000);
      for (let round = 0; round < INVALIDATIONS; round += 1) {
        await invalidate(round, false);
        await delay(300 + Math.random() * 300);
      }
      redis.freeze();
      for (let round = 0; round < Math.ceil(INVALIDATIONS / 3); round += 1) {
        await delay(500);
        await invalidate(round, true);
      }
      redis.thaw();
      run.over = true;
      const rate = await running;

      const late = { here: 0, elsewhere: 0, frozen: 0 };
      const stale: unknown[] = [];
      for (const { replica, askedAt, wrote } of answers) {
        for (const { at, knownAt, by, wrote: least, way, frozen } of invalidated) {
          const afterMs = askedAt - at;
          if (wrote >= least || afterMs <= 0) continue;
          const place = replica === by ? 'here' : frozen ? 'frozen' : 'elsewhere';
          late[place] = Math.max(late[place], afterMs);
          const barMs = { here: 0, elsewhere: ELSEWHERE_MS, frozen: FROZEN_MS }[place];
          if (askedAt > (knownAt[replica] ?? at) || afterMs > barMs) stale.push({ place, way, afterMs, wrote, least });
        }
      }
      const hits = answers.filter(({ hit }) => hit).length / answers.length;
      process.stderr.write(
        `${invalidated.length} invalidations at ${Math.round(rate)} calls a second, ${Math.round(hits * 100)}% hits: ` +
          `last old answer ${late.here.toFixed(0)} ms here, ${late.elsewhere.toFixed(0)} ms elsewhere, ` +
          `${late.frozen.toFixed(0)} ms with Redis frozen\n`,
      );
      expect(failed.slice(0, 5)).toEqual([]);
      expect(stale.slice(0, 5)).toEqual([]);
      expect(hits).toBeGreaterThan(0);
    },
    120_000 + INVALIDATIONS * 5_000,
  );
});
