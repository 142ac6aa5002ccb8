import { BatchClient, line, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const batchesAtVendor = async ({ output }: RunningGateway) =>
  output.split('a batch was created at its vendor').length - 1;

/** An operator tries the gateway without a provider's key. */
describe('the simulator', () => {
  let gateway: RunningGateway;
  let teamId: string;
  let key: string;

  beforeAll(async () => {
    gateway = await startGateway({ env: { OPENAI_API_KEY: undefined, SIMULATOR: 'on' } });
    ({ teamId, key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  it('responds at no cost, and a hit saves nothing (N1)', async () => {
    const answers = [await gateway.chat(key, 'Hello'), await gateway.chat(key, 'Hello')];
    expect(answers.map(({ headers }) => headers.get('x-cache-status'))).toEqual(['MISS', 'HIT']);
    for (const { status, headers } of answers) {
      expect([status, headers.get('x-gateway-provider')]).toEqual([200, 'simulator']);
      expect([headers.get('x-gateway-cost-usd'), headers.get('x-gateway-saved-usd')]).toEqual(['0', '0']);
    }
    expect(gateway.fake.calls).toEqual([]);
    const rows = (await gateway.allRows()).filter((row) => row.team_id === teamId);
    expect(rows).toHaveLength(2);
    for (const row of rows)
      expect(row).toMatchObject({
        provider: 'simulator',
        list_cost_usd: '0',
        cost_usd: '0',
        saved_usd: '0',
        estimated: false,
      });
    expect(rows.every(({ output_tokens: tokens }) => tokens > 0)).toBe(true);
  });

  it('answers, waits and fails as a request says (N1)', async () => {
    const given = await gateway.chat(key, 'What is it?', { mock_response: '정해진 대답' });
    expect(given.body.choices[0].message.content).toBe('정해진 대답');
    const limited = await gateway.chat(key, 'Too much?', { mock_status: 429 });
    expect([limited.status, limited.headers.get('x-gateway-provider')]).toEqual([429, 'simulator']);
    const wrong = await gateway.chat(key, 'When?', { mock_delay: 'soon' });
    expect([wrong.status, wrong.body.error.param]).toEqual([400, 'mock_delay']);
  });

  it('has no price, even if one is set for its model (N1)', async () => {
    const price = { model: 'gpt-4.1', input_usd_per_mtok: '8.00', output_usd_per_mtok: '32.00' };
    expect((await gateway.admin('POST', '/admin/prices', price)).status).toBe(201);
    expect((await gateway.chat(key, 'Is it free?')).headers.get('x-gateway-cost-usd')).toBe('0');
    const period = {
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    };
    const { status, body } = await gateway.admin('POST', '/admin/prices/rerate', { ...period, team_id: teamId });
    expect([status, body.corrected]).toEqual([200, 0]);
    const { body: model } = await gateway.request('GET', '/v1/models/gpt-4.1', key);
    expect(model).toMatchObject({
      owned_by: 'simulator',
      gateway: { input_usd_per_mtok: '0', price_estimated: false },
    });
  });

  it('runs a batch of a day in its own batches, at no cost', async () => {
    const batches = new BatchClient(gateway, key);
    const requests = [...lines(3, 'a day'), line('fails', 'a day: no', { mock_status: 400 })];
    const created = await batches.create({ requests, completion_window: '24h' });
    const batch = await batches.ended(created.id);
    expect([batch.status, batch.request_counts]).toEqual(['completed', { total: 4, completed: 3, failed: 1 }]);
    expect(batch.gateway).toMatchObject({
      providers: ['simulator'],
      cost_usd: '0',
      saved_usd: '0',
      list_cost_usd: '0',
    });
    expect(gateway.output).toContain('a batch was created at its vendor');
    expect(await batches.resultsOf(batch.output_file_id)).toHaveLength(3);
  });

  it('runs live what one of its batches has lost at a restart', async () => {
    const batches = new BatchClient(gateway, key);
    const created = await batches.create({ requests: lines(40, 'lost'), completion_window: '24h' });
    await eventually(async () => (await batchesAtVendor(gateway)) > 1);
    await gateway.restart();
    const batch = await batches.ended(created.id);
    expect([batch.status, batch.request_counts]).toEqual(['completed', { total: 40, completed: 40, failed: 0 }]);
    expect(batch.gateway).toMatchObject({ providers: ['simulator'], cost_usd: '0' });
  });

  it('is announced at the start and in readiness (N1)', async () => {
    expect(gateway.output).toContain('simulator answers');
    expect((await gateway.request('GET', '/health/ready', undefined)).body).toMatchObject({
      status: 'ok',
      simulator: 'on',
    });
  });
});
