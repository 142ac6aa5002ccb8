import { resolve } from 'node:path';
import { parseUsd } from '../../src/common/money';
import { BatchClient, type GatewayBatch, line } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';
import { VendorServer } from '../support/vendors/vendor-server';

const FLEX_MODEL = 'gpt-6-luna';
const NO_ROOM = { status: 429, errorCode: 'resource_unavailable' };

const flexLines = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, n) => line(`${prefix}-${n}`, `${prefix}: question ${n}`, { model: FLEX_MODEL }));

const rowsOf = async (gateway: RunningGateway, { id }: GatewayBatch) =>
  (await gateway.admin('GET', `/admin/requests?batch_id=${id}&limit=500`)).body.data as any[];
const paidOf = (rows: any[]) => rows.filter(({ cost_usd: cost }) => cost !== '0');
const sumOf = (rows: any[], member: string) => rows.reduce((all, row) => all + parseUsd(row[member]), 0n);

/** Lines that run live in a tier that costs less. */
describe('lines in a flex tier', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(() => gateway?.stop());

  const callsOf = (prefix: string) =>
    gateway.fake.calls.filter(
      ({ path, text }) => path === '/v1/chat/completions' && text.includes(`${prefix}: question`),
    );
  const tiersOf = (prefix: string) => callsOf(prefix).map(({ body }) => (body as any).service_tier ?? 'none');

  it('cost half where the window is too short for a batch of the vendor, as the quote says', async () => {
    const requests = flexLines(10, 'half');
    const quoted = await gateway.request('POST', '/v1/batches/quote', batches.key, {
      requests,
      completion_window: '1h',
    });
    expect(quoted.body.models.map(({ provider, tier, lines }: any) => [provider, tier, lines])).toEqual([
      ['openai', 'flex', 10],
    ]);
    const { models } = (
      await gateway.request('POST', '/v1/batches/quote', batches.key, { requests, completion_window: '24h' })
    ).body;
    expect(models.map(({ tier }: any) => tier)).toEqual(['batch']);

    const batch = await batches.ended((await batches.create({ requests })).id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 10 }, gateway: { escalated: 0 } });
    expect(tiersOf('half')).toEqual(Array(10).fill('flex'));
    const rows = await rowsOf(gateway, batch);
    expect(rows).toHaveLength(10);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'settled', saved_by: 'batch', estimated: false });
      expect(parseUsd(row.list_cost_usd)).toBe(2n * parseUsd(row.cost_usd));
    }
    expect(parseUsd(batch.gateway.cost_usd)).toBe(sumOf(rows, 'cost_usd'));
    expect(parseUsd(batch.gateway.saved_usd)).toBe(sumOf(rows, 'saved_usd'));
    expect(Number(batch.gateway.cost_usd)).toBeLessThanOrEqual(Number(quoted.body.cost_usd.at_most));
  });

  it('ask again where the tier has no room, and live calls are not held back by that', async () => {
    gateway.fake.script({ ...NO_ROOM, retryAfterSeconds: 1 }, { prompt: 'again: question', tier: 'flex', times: 4 });
    const created = await batches.create({ requests: flexLines(4, 'again') });
    await eventually(async () => callsOf('again').length >= 4 || undefined);
    const live = await gateway.chat(batches.key, 'a live call of the same model', { model: FLEX_MODEL });
    expect([live.status, live.headers.get('x-gateway-attempts')]).toEqual([200, '1']);
    const batch = await batches.ended(created.id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 4 }, gateway: { escalated: 0 } });
    expect(tiersOf('again')).toEqual(Array(8).fill('flex'));
    const rows = await rowsOf(gateway, batch);
    expect([rows.length, paidOf(rows).length]).toEqual([8, 4]);
  });

  it('cost the full price near the end of the window where the tier had no room until then', async () => {
    const stop = gateway.fake.script(NO_ROOM, { prompt: 'late: question', tier: 'flex' });
    const { id } = await batches.create({ requests: flexLines(5, 'late') });
    await eventually(async () => callsOf('late').length >= 5 || undefined);
    await gateway.terminate();
    await runSql(
      gateway,
      `UPDATE batches SET expires_at = now() + interval '2 minutes', created_at = now() - interval '58 minutes' WHERE id = '${id}'`,
    );
    await gateway.start();
    const batch = await batches.ended(id);
    stop();
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 5 }, gateway: { escalated: 5 } });
    expect(tiersOf('late').filter((tier) => tier === 'none')).toHaveLength(5);
    const paid = paidOf(await rowsOf(gateway, batch));
    expect(paid.map(({ custom_id: name }) => name).toSorted()).toEqual([0, 1, 2, 3, 4].map((n) => `late-${n}`));
    expect(sumOf(paid, 'list_cost_usd')).toBe(sumOf(paid, 'cost_usd'));
  });

  it('are left to the vendor’s batch in a long window, unless the batch escalates', async () => {
    const long = await batches.ended(
      (await batches.create({ requests: flexLines(3, 'long'), completion_window: '24h' })).id,
    );
    expect([long.status, tiersOf('long')]).toEqual(['completed', []]);
    const escalating = { completion_window: '24h', gateway: { escalate: true } };
    const soon = await batches.ended((await batches.create({ requests: flexLines(3, 'soon'), ...escalating })).id);
    expect([soon.status, tiersOf('soon')]).toEqual(['completed', ['flex', 'flex', 'flex']]);
  });
});

describe('lines of other APIs and vendors', () => {
  let vendors: VendorServer;
  let gateway: RunningGateway;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: vendors.env });
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  it('run in the flex tier of their vendor, and live where it has none', async () => {
    const batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const messages = [{ role: 'user', content: 'Which tier?' }];
    const requests = [FLEX_MODEL, 'gemini-3.8-flash', 'claude-sonnet-5-5'].flatMap((model) => [
      { custom_id: `chat ${model}`, url: '/v1/chat/completions', body: { model, messages } },
      { custom_id: `message ${model}`, url: '/v1/messages', body: { model, messages, max_tokens: 100 } },
      { custom_id: `response ${model}`, url: '/v1/responses', body: { model, input: 'Which tier?' } },
    ]);
    const batch = await batches.ended((await batches.create({ requests })).id);
    expect(await batches.resultsOf(batch.error_file_id)).toEqual([]);
    const rows = await rowsOf(gateway, batch);
    const discounts = rows.map(({ custom_id: name, list_cost_usd: list, cost_usd: cost }) => [
      name,
      parseUsd(list) === 2n * parseUsd(cost),
    ]);
    expect(Object.fromEntries(discounts)).toEqual(
      Object.fromEntries(requests.map(({ custom_id: name }) => [name, !name.includes('claude')])),
    );
  });
});

describe('lines of a vendor that charges by the clock', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      env: {
        NODE_OPTIONS: `--require ${resolve(__dirname, '../support/off-peak-soon.cjs')}`,
        OFF_PEAK_IN_MS: '60000',
      },
      configFile: `
providers:
  deepseek: { type: deepseek, base_url: "\${OPENAI_BASE_URL}", api_key: "sk-upstream-secret-1234567890" }
models:
  deepseek-flash:
    deployments:
      - { provider: deepseek, model: deepseek-flash }
`,
    });
  });
  afterAll(() => gateway?.stop());

  it('wait for the hours that cost less, and are answered within the window', async () => {
    const { key } = await gateway.createKey();
    const batches = new BatchClient(gateway, key);
    await gateway.chat(key, 'stored already', { model: 'deepseek-flash' });
    const requests = ['first', 'second', 'stored already'].map((text) => line(text, text, { model: 'deepseek-flash' }));
    const quote = (await gateway.request('POST', '/v1/batches/quote', key, { requests, completion_window: '2h' })).body;
    expect(quote.models.map(({ tier, lines }: any) => [tier, lines]).toSorted()).toEqual([
      [null, 1],
      ['off_peak', 2],
    ]);
    const { id } = await batches.create({ requests, completion_window: '2h' });
    await eventually(
      async () =>
        (await gateway.request('GET', `/v1/batches/${id}`, key)).body.request_counts.completed === 1 || undefined,
    );
    expect(gateway.fake.calls.filter(({ text }) => /first|second/.test(text))).toEqual([]);
    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 3 }, gateway: { cached: 1 } });
    const paid = paidOf(await rowsOf(gateway, batch));
    expect(paid.map(({ saved_by: by }) => by)).toEqual(['batch', 'batch']);
    expect(sumOf(paid, 'list_cost_usd')).toBe(2n * sumOf(paid, 'cost_usd'));
  });
});
