import { BatchClient, line, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';

const SLOW = { validatingMs: 20, inProgressMs: 60_000, finalizingMs: 20 };
const FAST = { validatingMs: 20, inProgressMs: 60, finalizingMs: 20 };

/** Ways in which a vendor's batch ends before its lines do. */
describe("a batch over the vendor's batch API", () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(() => gateway?.stop());
  afterEach(() => gateway.fake.setBatchPace(FAST));

  const create = (requests: object[], members: object = {}) =>
    batches.create({ requests, completion_window: '24h', ...members });
  const rowsOf = async (id: string) =>
    (await gateway.admin('GET', `/admin/requests?batch_id=${id}&limit=500`)).body.data as any[];
  const ranAtVendor = (prefix: string) =>
    gateway.fake.batchLines.filter(({ body }) => JSON.stringify(body).includes(prefix)).length;
  const ranLive = (prefix: string) =>
    gateway.fake.calls.filter(
      ({ path, body }) => path === '/v1/chat/completions' && JSON.stringify(body).includes(prefix),
    ).length;
  /** Waits until the vendor has run some lines. */
  const untilSome = (prefix: string) => eventually(async () => ranAtVendor(prefix) > 0 || undefined, 30_000);
  /** Moves a batch so that its window ends soon. */
  const endWindow = async (id: string, inSeconds: number) => {
    await gateway.terminate();
    await runSql(
      gateway,
      `UPDATE batches SET expires_at = now() + interval '${inSeconds} seconds', created_at = now() - interval '23 hours' WHERE id = '${id}';
       UPDATE batch_shards SET next_at = now()`,
    );
    await gateway.start();
  };

  it('is cancelled at the vendor: what has run is delivered and charged, the rest is not', async () => {
    gateway.fake.setBatchPace({ ...SLOW, inProgressMs: 4_000 });
    const { id } = await create(lines(40, 'cancelled'));
    await untilSome('cancelled: ');
    const { status } = await gateway.request('POST', `/v1/batches/${id}/cancel`, batches.key);
    expect(status).toBe(200);
    const batch = await batches.ended(id);
    const [output, errors] = [
      await batches.resultsOf(batch.output_file_id),
      await batches.resultsOf(batch.error_file_id),
    ];
    expect([batch.status, output.length + errors.length]).toEqual(['cancelled', 40]);
    expect(output.length).toBe(ranAtVendor('cancelled: '));
    expect(output.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(['batch_cancelled']));
    const rows = await rowsOf(id);
    expect(rows.filter(({ state }) => state === 'settled')).toHaveLength(output.length);
    expect(rows.filter(({ cost_usd: cost }) => cost !== '0')).toHaveLength(output.length);
    expect(ranLive('cancelled: ')).toBe(0);
  });

  it('expires: each custom_id is in one of the files, and nothing runs live', async () => {
    gateway.fake.setBatchPace({ ...SLOW, inProgressMs: 90_000 });
    const { id } = await create(lines(20, 'expired'));
    await untilSome('expired: ');
    await endWindow(id, 1);
    const batch = await batches.ended(id);
    const [output, errors] = [
      await batches.resultsOf(batch.output_file_id),
      await batches.resultsOf(batch.error_file_id),
    ];
    expect([batch.status, output.length + errors.length]).toEqual(['expired', 20]);
    expect(new Set(errors.map(({ error }) => error?.code))).toEqual(new Set(['batch_expired']));
    expect(ranLive('expired: ')).toBe(0);
  });

  it('escalates near the end of the window: what the vendor has not done runs live, once', async () => {
    gateway.fake.setBatchPace({ ...SLOW, inProgressMs: 90_000 });
    const { id } = await create(lines(20, 'escalated'), { gateway: { escalate: true } });
    await untilSome('escalated: ');
    await endWindow(id, 120);
    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 20, completed: 20, failed: 0 } });
    const [vendor, live] = [ranAtVendor('escalated: '), ranLive('escalated: ')];
    expect([vendor + live, (batch.gateway as any).escalated]).toEqual([20, live]);
    expect(live).toBeGreaterThan(0);
    const paid = (await rowsOf(id)).filter(({ cost_usd: cost }) => cost !== '0');
    expect(paid.map(({ saved_by: by }) => by).toSorted()).toEqual([
      ...Array(vendor).fill('batch'),
      ...Array(live).fill(null),
    ]);
  });

  it('runs live what the vendor does not take', async () => {
    gateway.fake.script({ status: 400 }, { path: '/v1/batches' });
    const { id } = await create(lines(3, 'refused'));
    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 3 } });
    expect([ranAtVendor('refused: '), ranLive('refused: ')]).toEqual([0, 3]);
    const rows = await rowsOf(id);
    expect(rows.map(({ state }) => state).toSorted()).toEqual([
      ...Array(3).fill('failed'),
      ...Array(3).fill('settled'),
    ]);
    const [alert, ...others] = await eventually(async () => {
      const { data } = (await gateway.admin('GET', '/admin/alerts?kind=batch_not_run')).body;
      return data.length > 0 ? (data as any[]) : undefined;
    });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      severity: 'warning',
      data: { batch_id: id, provider: 'openai', model: 'gpt-4.1', lines: 3, message: expect.stringContaining('400') },
    });
    // What they cost more in truth is below what it says at most.
    const paid = rows.reduce((sum, { cost_usd: cost }) => sum + Number(cost), 0);
    expect(Number(alert.data.more_usd)).toBeGreaterThan(paid / 2);
  });

  it('fails where no line can be called', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const { key: colleague } = await gateway.createKey({ teamId });
    const creations = () => gateway.fake.calls.filter(({ path }) => path === '/v1/batches').length;
    const before = creations();
    gateway.fake.script({ status: 400, delayMs: 3_000 }, { path: '/v1/batches' });
    const members = { requests: lines(3, 'revoked'), completion_window: '24h' };
    const { id } = await new BatchClient(gateway, key).create(members);
    await eventually(() => creations() > before || undefined);
    expect((await gateway.admin('DELETE', `/admin/keys/${keyId}`)).status).toBeLessThan(300);
    const theirs = new BatchClient(gateway, colleague);
    const batch = await theirs.ended(id);
    expect(batch).toMatchObject({ status: 'failed', request_counts: { total: 3, completed: 0, failed: 3 } });
    expect(batch.errors?.data).toMatchObject([{ code: 'invalid_api_key', line: 1 }]);
    expect(await theirs.resultsOf(batch.error_file_id)).toHaveLength(3);
  });

  it('makes another attempt after a failure that passes, and no second batch', async () => {
    gateway.fake.script({ status: 503 }, { path: '/v1/files' });
    gateway.fake.script({ status: 429, retryAfterSeconds: 1 }, { path: '/v1/batches' });
    const { id } = await create(lines(3, 'again'));
    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 3 } });
    expect([ranAtVendor('again: '), ranLive('again: ')]).toEqual([3, 0]);
  });

  it('B4: a line that the vendor refuses fails alone', async () => {
    const requests = [...lines(3, 'good'), line('bad', '[[status=400]] poison'), line('twin', '[[status=400]] poison')];
    const batch = await batches.ended((await create(requests)).id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 3, failed: 2 } });
    const errors = await batches.resultsOf(batch.error_file_id);
    expect(errors.map(({ custom_id: name, response }) => [name, response?.status_code])).toEqual([
      ['bad', 400],
      ['twin', 400],
    ]);
  });

  it('is held in the budget of the team until it ends, and spends from it', async () => {
    const { key, teamId } = await gateway.createKey();
    const budget = { team_id: teamId, limit_usd: '1', window: 'total' };
    const { id: budgetId } = (await gateway.admin('POST', '/admin/budgets', budget)).body;
    const money = async () => (await gateway.admin('GET', `/admin/budgets/${budgetId}`)).body;
    gateway.fake.setBatchPace({ ...SLOW, inProgressMs: 2_000 });
    const theirs = new BatchClient(gateway, key);
    const requests = lines(10, 'budget').map((each) => ({ ...each, body: { ...each.body, max_tokens: 100 } }));
    const { id } = await theirs.create({ requests, completion_window: '24h' });
    await untilSome('budget: ');
    const held = Number((await money()).reserved_usd);
    expect(held).toBeGreaterThan(0.004);
    const batch = await theirs.ended(id);
    await eventually(async () => (await money()).reserved_usd === '0' || undefined, 30_000);
    expect((await money()).spent_usd).toBe(batch.gateway.cost_usd);
  });
});
