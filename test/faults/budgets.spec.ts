import { parseUsd } from '../../src/common/money';
import { CutProxy } from '../support/cut-proxy';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { ownRedisDatabase } from '../support/stores';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const LIMIT = '1';
const CALLERS = 200;
/** Running calls hold the money: it may be free a moment later. */
const RESERVED = 429;
const MAY_PASS = [200, RESERVED];
/** A call costs one cent and may cost two: 1,250 words are 1,250 tokens at $8 per million; the response may be twice as long. */
const CALL = { max_tokens: 2_480 };
const PROMPT = '[[words=1250 delay=20]]';
const replicas = TEST_DATABASE_URL && TEST_REDIS_URL ? [1, 2, 4] : [1];

/** Many callers spend one budget at once, through several processes, while Redis fails. */
describe.each(replicas)(`a budget of $${LIMIT} and ${CALLERS} callers at %i process(es)`, (processes) => {
  const gateways: RunningGateway[] = [];
  let redis: CutProxy | undefined;

  beforeAll(async () => {
    redis = TEST_REDIS_URL ? await CutProxy.to(TEST_REDIS_URL) : undefined;
    const env = redis && TEST_REDIS_URL ? { REDIS_URL: redis.through(await ownRedisDatabase(TEST_REDIS_URL)) } : {};
    const first = await startGateway({ env });
    gateways.push(first);
    const { DATABASE_URL, SECRET_KEY } = first.env;
    for (let more = 1; more < processes; more += 1) {
      gateways.push(await startGateway({ fake: first.fake, env: { ...env, DATABASE_URL, SECRET_KEY } }));
    }
  });
  afterAll(async () => {
    await redis?.mend().catch(() => undefined);
    for (const gateway of gateways.toReversed()) await gateway.stop();
    await redis?.cut();
  });

  it('is never exceeded, and at the end has room for less than one call', async () => {
    const [first] = gateways;
    if (!first) throw new Error('no gateway');
    const { key, teamId } = await first.createKey();
    const made = await first.admin('POST', '/admin/budgets', { team_id: teamId, limit_usd: LIMIT, window: 'total' });
    for (const gateway of gateways) {
      await eventually(async () =>
        (await gateway.request('GET', '/v1/models', key)).status === 200 ? true : undefined,
      );
    }
    await eventually(
      async () => (await gateways.at(-1)?.admin('GET', `/admin/budgets/${made.body.id}`))?.status === 200,
    );
    let number = 0;
    const statuses = new Map<number, number>();
    const ask = async () => {
      number += 1;
      const gateway = gateways[number % gateways.length] ?? first;
      const { status } = await gateway.chat(key, `${PROMPT} ${processes} ${number}`, CALL);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      return status;
    };
    /** Calls until the budget has no room. */
    const caller = async () => {
      while (MAY_PASS.includes(await ask()));
    };
    const callers = Array.from({ length: CALLERS }, caller);
    await eventually(() => (statuses.get(200) ?? 0) > 10 || undefined);
    await redis?.cut();
    await Promise.all(callers);
    // Reserved money that was not needed may be free again, so more calls may run.
    while (MAY_PASS.includes(await ask()));

    const state = await eventually(async () => {
      const { body } = await first.admin('GET', `/admin/budgets/${made.body.id}`);
      return body.reserved_usd === '0' ? body : undefined;
    }, 20_000);
    const billed = first.fake.calls
      .filter(({ body }) => JSON.stringify(body).includes(`${PROMPT} ${processes} `))
      .reduce(
        (sum, call) =>
          sum +
          BigInt(call.billed?.prompt_tokens ?? 0) * 2_000_000n +
          BigInt(call.billed?.completion_tokens ?? 0) * 8_000_000n,
        0n,
      );
    process.stderr.write(
      `${processes} process(es): spent ${state.spent_usd}, left ${state.remaining_usd}, ${JSON.stringify([...statuses])}\n`,
    );
    expect(parseUsd(state.spent_usd)).toBe(billed);
    expect(billed <= parseUsd(LIMIT)).toBe(true);
    expect(parseUsd(state.remaining_usd) < parseUsd('0.0205')).toBe(true);
    expect([...statuses.keys()].filter((status) => status !== RESERVED).toSorted()).toEqual([200, 402]);

    // No hold remains: with a higher limit calls run at once.
    await first.admin('PATCH', `/admin/budgets/${made.body.id}`, { limit_usd: '2' });
    for (const gateway of gateways) {
      await eventually(async () =>
        (await gateway.chat(key, `${PROMPT} again ${(number += 1)}`, CALL)).status === 200 ? true : undefined,
      );
    }
  }, 180_000);
});
