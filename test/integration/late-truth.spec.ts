import { CutProxy } from '../support/cut-proxy';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** An instance that loses its database is declared dead by another one, and returns with the settlements of its calls. */
describeWithStores('an instance that was declared dead (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let other: RunningGateway;
  let cutOff: RunningGateway;
  let database: CutProxy;

  beforeAll(async () => {
    other = await startGateway();
    const { DATABASE_URL = '', REDIS_URL, SECRET_KEY } = other.env;
    database = await CutProxy.to(DATABASE_URL);
    cutOff = await startGateway({
      fake: other.fake,
      env: {
        DATABASE_URL: database.through(DATABASE_URL),
        REDIS_URL,
        SECRET_KEY,
      },
    });
  });
  afterAll(async () => {
    await cutOff?.stop();
    await other?.stop();
    await database?.cut();
  });

  const rowsOf = async (teamId: string) =>
    (await other.admin('GET', `/admin/requests?team_id=${teamId}&limit=1000`)).body.data as any[];
  const budgetOf = async (id: string) => (await other.admin('GET', `/admin/budgets/${id}`)).body;
  /** Fifteen minutes pass for instances without heartbeats. */
  const passFor15Minutes = () => runSql(other, "UPDATE owners SET seen_at = seen_at - interval '16 minutes'");
  const withBudget = async () => {
    const { key, teamId } = await cutOff.createKey();
    const { body } = await cutOff.admin('POST', '/admin/budgets', { team_id: teamId, limit_usd: '1', window: 'total' });
    await eventually(async () => (await other.request('GET', '/v1/models', key)).status === 200 || undefined);
    return { key, teamId, budgetId: body.id as string };
  };
  /** A call runs on the instance while its database is away, until the other instance closes it as unknown. */
  const givenUp = async (key: string, teamId: string, content: string) => {
    const call = cutOff.chat(key, `[[delay=1500 words=30]] ${content}`, { max_tokens: 2000 });
    await eventually(async () => ((await rowsOf(teamId)).length > 0 ? true : undefined));
    await database.cut();
    await passFor15Minutes();
    await eventually(async () => (await rowsOf(teamId)).every(({ state }) => state === 'unknown') || undefined, 90_000);
    expect((await call).status).toBe(200);
    return call;
  };
  const expectTruth = async (teamId: string, budgetId: string, costs: string[]) => {
    const rows = await eventually(async () => {
      const all = await rowsOf(teamId);
      return all.some(({ corrects }) => corrects === 1) ? all : undefined;
    }, 90_000);
    const closed = rows.find(({ state }) => state === 'unknown');
    expect(closed).toMatchObject({ attempt: 1, estimated: true, error_code: 'gateway_stopped' });
    const correction = rows.find(({ corrects }) => corrects !== null);
    expect(correction).toMatchObject({
      request_id: closed.request_id,
      state: 'settled',
      status: 200,
      estimated: false,
    });
    expect(rows.filter(({ corrects }) => corrects !== null)).toHaveLength(1);
    const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
    const calls = other.fake.calls.filter(({ requestId }) => rows.some(({ request_id }) => request_id === requestId));
    expect(sum('input_tokens')).toBe(calls.reduce((total, { billed }) => total + (billed?.prompt_tokens ?? 0), 0));
    expect(sum('output_tokens')).toBe(calls.reduce((total, { billed }) => total + (billed?.completion_tokens ?? 0), 0));
    const { total } = (await other.admin('GET', `/admin/usage?team_id=${teamId}`)).body;
    const pico = (usd: string) => Math.round(Number(usd) * 1e12);
    const truth = costs.reduce((all, usd) => all + pico(usd), 0);
    expect([pico(total.cost_usd), total.requests]).toEqual([truth, costs.length]);
    expect(pico((await budgetOf(budgetId)).spent_usd)).toBe(truth);
    const { checks } = (await other.admin('GET', '/admin/ledger/verify')).body;
    expect(checks.filter(({ violations }: { violations: string[] }) => violations.length > 0)).toEqual([]);
  };

  it('corrects the calls that were closed as unknown, and can spend and be declared dead again', async () => {
    const { key, teamId, budgetId } = await withBudget();
    const first = await givenUp(key, teamId, 'cut off while it ran');
    await database.mend();
    const costs = [first.headers.get('x-gateway-cost-usd') ?? ''];
    await expectTruth(teamId, budgetId, costs);

    // It leases from the same budget again; after it dies, nothing stays leased.
    const again = await eventually(async () => {
      const answer = await cutOff.chat(key, `back again ${Date.now()}`, { max_tokens: 2000 });
      return answer.status === 200 ? answer : undefined;
    }, 60_000);
    costs.push(again.headers.get('x-gateway-cost-usd') ?? '');
    await eventually(async () => (await rowsOf(teamId)).length === 3 || undefined);
    const running = cutOff.chat(key, '[[delay=60000]] never ends', { max_tokens: 2000 }).catch(() => undefined);
    await eventually(async () => (await rowsOf(teamId)).length === 4 || undefined);
    await eventually(async () => ((await budgetOf(budgetId)).reserved_usd === '0' ? undefined : true), 60_000);
    await cutOff.kill();
    await running;
    await passFor15Minutes();
    await eventually(async () => ((await budgetOf(budgetId)).reserved_usd === '0' ? true : undefined), 90_000);
    await cutOff.start();
  });

  it('corrects the calls that were closed as unknown when it restarts with its journal', async () => {
    const { key, teamId, budgetId } = await withBudget();
    const call = await givenUp(key, teamId, 'cut off and killed');
    await cutOff.kill();
    await database.mend();
    await cutOff.start();
    await expectTruth(teamId, budgetId, [call.headers.get('x-gateway-cost-usd') ?? '']);
    // A second read of the same journal changes nothing.
    await cutOff.restart();
    await expectTruth(teamId, budgetId, [call.headers.get('x-gateway-cost-usd') ?? '']);
  });
});
