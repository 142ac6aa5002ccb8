import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';

/** A platform team sets prices. In the catalogue gpt-4.1 costs $2 per million input tokens and $8 per million output tokens. */
describe('prices', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const set = (price: Record<string, unknown>) => gateway.admin('POST', '/admin/prices', price);
  const costOf = async (key: string, content: string, model = 'gpt-4.1') => {
    const answer = await gateway.chat(key, content, { model });
    expect(answer.status).toBe(200);
    return { cost: answer.headers.get('x-gateway-cost-usd'), usage: answer.body.usage };
  };
  const rows = async (teamId: string) => (await gateway.admin('GET', `/admin/requests?team_id=${teamId}`)).body.data;

  it('apply from their time on, and the ledger has the charged price', async () => {
    const { key, teamId } = await gateway.createKey();
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const now = await set({ model: 'gpt-4.1-nano', input_usd_per_mtok: '3', output_usd_per_mtok: '5' });
    const later = await set({
      model: 'gpt-4.1-nano',
      input_usd_per_mtok: '7',
      output_usd_per_mtok: '9',
      valid_from: future,
    });
    expect([now.status, later.status]).toEqual([201, 201]);
    const { cost, usage } = await costOf(key, 'a price of our own', 'gpt-4.1-nano');
    expect(cost).toBe(usd(usage.prompt_tokens * 3 + usage.completion_tokens * 5));
    expect(await rows(teamId)).toMatchObject([{ price_id: now.body.id }]);
    const { gateway: shown } = (await gateway.request('GET', '/v1/models/gpt-4.1-nano', key)).body;
    expect(shown).toMatchObject({ input_usd_per_mtok: '3', output_usd_per_mtok: '5' });
    expect((await gateway.admin('DELETE', `/admin/prices/${later.body.id}`)).status).toBe(200);
    expect((await gateway.admin('DELETE', `/admin/prices/${now.body.id}`)).status).toBe(409);
    expect((await gateway.admin('DELETE', '/admin/prices/price_none')).status).toBe(404);
    const listed = (await gateway.admin('GET', '/admin/prices?model=gpt-4.1-nano')).body.data;
    expect(listed).toEqual([now.body]);
  });

  it('change while they are not in force; after that, only their note does', async () => {
    const valid_from = new Date(Date.now() + 3_600_000).toISOString();
    const rates = { input_usd_per_mtok: '7', output_usd_per_mtok: '9' };
    const model = 'gpt-4o-mini';
    const { body: later } = await set({ model, ...rates, valid_from, note: 'from the offer' });
    const change = (id: string, body: object) => gateway.admin('PATCH', `/admin/prices/${id}`, body);
    const cheaper = await change(later.id, { input_usd_per_mtok: '6', output_usd_per_mtok: '8' });
    expect([cheaper.status, cheaper.body]).toMatchObject([
      200,
      { model, valid_from, note: 'from the offer', rates: { input_usd_per_mtok: '6', cached_input_usd_per_mtok: '6' } },
    ]);
    const factor = (await change(later.id, { multiplier: '0.9', note: null })).body;
    expect(factor).toMatchObject({ rates: null, multiplier: '0.9', note: null });
    expect((await gateway.admin('GET', `/admin/prices/${later.id}`)).body).toEqual(factor);

    const now = (await change(later.id, { valid_from: new Date(Date.now() - 1_000).toISOString() })).body;
    const { key } = await gateway.createKey();
    const { cost, usage } = await costOf(key, 'nine tenths', model);
    expect(cost).toBe(usd((usage.prompt_tokens * 0.15 + usage.completion_tokens * 0.6) * 0.9));
    const refused = await change(later.id, { multiplier: '0.1', note: 'too late' });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    expect((await change(later.id, { note: 'signed' })).body).toEqual({ ...now, note: 'signed' });
    for (const [body, param] of [
      [{ input_usd_per_mtok: '1' }, 'input_usd_per_mtok'],
      [{ multiplier: '0.5', output_usd_per_mtok: '1' }, 'multiplier'],
      [{ model: 'other' }, 'model'],
    ] as const)
      expect((await change(later.id, body)).body.error).toMatchObject({ code: 'invalid_request', param });
    expect((await change('price_none', { note: 'x' })).status).toBe(404);

    const every = (await set({ multiplier: '0.9', valid_from })).body;
    const [noted, cheaperStill] = await Promise.all([
      change(every.id, { note: 'for all' }),
      change(every.id, { multiplier: '0.8' }),
    ]);
    expect([noted.status, cheaperStill.status]).toEqual([200, 200]);
    expect((await gateway.admin('GET', `/admin/prices/${every.id}`)).body).toMatchObject({
      note: 'for all',
      multiplier: '0.8',
    });
    expect((await change(every.id, rates)).body.error).toMatchObject({ param: 'input_usd_per_mtok' });
    await gateway.admin('DELETE', `/admin/prices/${every.id}`);
  });

  it('can be negotiated for one team', async () => {
    const [ours, others] = [await gateway.createKey(), await gateway.createKey()];
    await set({ team_id: ours.teamId, multiplier: '0.8', note: 'yearly contract' });
    const mine = await costOf(ours.key, 'negotiated');
    expect(mine.cost).toBe(usd((mine.usage.prompt_tokens * 2 + mine.usage.completion_tokens * 8) * 0.8));
    const theirs = await costOf(others.key, 'negotiated');
    expect(theirs.cost).toBe(usd(theirs.usage.prompt_tokens * 2 + theirs.usage.completion_tokens * 8));
  });

  it('correct a period once, so that every report shows the new price', async () => {
    const { key, teamId } = await gateway.createKey();
    const from = new Date(Date.now() - 60_000).toISOString();
    const first = await costOf(key, 'rated too high', 'gpt-4.1-mini');
    const hit = await gateway.chat(key, 'rated too high', { model: 'gpt-4.1-mini' });
    expect(hit.headers.get('x-cache-status')).toBe('HIT');
    await set({
      model: 'gpt-4.1-mini',
      input_usd_per_mtok: '0.1',
      output_usd_per_mtok: '0.2',
      valid_from: from,
      team_id: teamId,
    });
    const period = { from, to: new Date(Date.now() + 60_000).toISOString(), team_id: teamId };
    const rerate = async (members = {}) =>
      (await gateway.admin('POST', '/admin/prices/rerate', { ...period, ...members })).body;
    const dry = await rerate({ dry_run: true });
    expect(dry).toMatchObject({ dry_run: true, looked_at: 2, corrected: 2 });
    expect(await rerate()).toEqual({ ...dry, dry_run: false });
    expect(await rerate()).toMatchObject({ looked_at: 2, corrected: 0, cost_change_usd: '0' });

    const cost = usd(first.usage.prompt_tokens * 0.1 + first.usage.completion_tokens * 0.2);
    const list = usd(2 * (first.usage.prompt_tokens * 0.1 + first.usage.completion_tokens * 0.2));
    const { total } = (await gateway.admin('GET', `/admin/usage?team_id=${teamId}`)).body;
    expect(total).toMatchObject({ requests: 2, cost_usd: cost, list_cost_usd: list, saved_usd: cost });
    const corrections = (await rows(teamId)).filter(({ corrects }: { corrects: unknown }) => corrects !== null);
    expect(corrections).toHaveLength(2);
    expect(corrections[0]).toMatchObject({ attempt: 1001, corrects: 1, input_tokens: 0, state: 'settled' });
  });

  it('correct booked costs after several changes, to the pico-dollar, in a consistent ledger', async () => {
    const { key, teamId } = await gateway.createKey();
    const { prices } = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey }).admin;
    const from = new Date(Date.now() - 60_000);
    const { usage } = await costOf(key, 'rated again and again', 'gpt-4.1-mini');
    const period = { from, to: new Date(Date.now() + 60_000), team_id: teamId };
    const booked = async () => (await gateway.admin('GET', `/admin/usage?team_id=${teamId}`)).body.total.cost_usd;
    for (const [input, output] of [
      [0.000001, 9],
      [3, 0.000007],
    ] as const) {
      const rates = { input_usd_per_mtok: input.toFixed(6), output_usd_per_mtok: output.toFixed(6) };
      await prices.create({ model: 'gpt-4.1-mini', team_id: teamId, valid_from: from, ...rates });
      expect(await prices.rerate(period)).toMatchObject({ looked_at: 1, corrected: 1, unpriced: 0 });
      expect(await booked()).toBe(usd(usage.prompt_tokens * input + usage.completion_tokens * output));
    }
    expect(await prices.rerate(period)).toMatchObject({ corrected: 0, cost_change_usd: '0' });
    const verified = await gateway.admin('GET', '/admin/ledger/verify');
    expect(verified.body).toMatchObject({ ok: true });
  });

  it('are imported from a catalogue file if they differ', async () => {
    const row = (input: number, output: number) => ({
      litellm_provider: 'openai',
      mode: 'chat',
      input_cost_per_token: input,
      output_cost_per_token: output,
    });
    const catalogue = {
      'gpt-4o': { ...row(1e-6, 2e-6), input_cost_per_token_above_272k_tokens: 4e-6 },
      'brand-new': row(5e-7, 1e-6),
      broken: { litellm_provider: 'openai', mode: 'chat' },
      'too-fine': row(1e-13, 1),
    };
    const dry = (await gateway.admin('POST', '/admin/prices/import', { catalogue, dry_run: true })).body;
    expect(dry).toMatchObject({ dry_run: true, added: ['brand-new'], changed: ['gpt-4o'], unchanged: 0 });
    expect(dry.skipped.map(({ model }: { model: string }) => model)).toEqual(['broken', 'too-fine']);
    expect((await gateway.admin('GET', '/admin/prices?model=gpt-4o')).body.data).toEqual([]);
    await gateway.admin('POST', '/admin/prices/import', { catalogue });
    const again = (await gateway.admin('POST', '/admin/prices/import', { catalogue })).body;
    expect(again).toMatchObject({ added: [], changed: [], unchanged: 2 });
    const [taken] = (await gateway.admin('GET', '/admin/prices?model=gpt-4o')).body.data;
    expect(taken).toMatchObject({
      source: 'import',
      rates: { input_usd_per_mtok: '1', tiers: [{ above_input_tokens: 272_000 }] },
    });
  });

  it('are refused with the invalid member', async () => {
    const wrong = async (price: Record<string, unknown>) => {
      const { status, body } = await set(price);
      return [status, body.error?.param];
    };
    expect(await wrong({ model: 'm', input_usd_per_mtok: '1' })).toEqual([400, 'input_usd_per_mtok']);
    expect(await wrong({ model: 'm', input_usd_per_mtok: '0.0000001', output_usd_per_mtok: '1' })).toEqual([
      400,
      'input_usd_per_mtok',
    ]);
    expect(await wrong({ model: 'm', input_usd_per_mtok: true, output_usd_per_mtok: '1' })).toEqual([
      400,
      'input_usd_per_mtok',
    ]);
    expect(await wrong({ input_usd_per_mtok: '1', output_usd_per_mtok: '1' })).toEqual([400, 'model']);
    expect(await wrong({ model: 'm', multiplier: '0.8', input_usd_per_mtok: '1', output_usd_per_mtok: '1' })).toEqual([
      400,
      'multiplier',
    ]);
    expect(await wrong({ multiplier: '-1' })).toEqual([400, 'multiplier']);
    expect((await gateway.admin('POST', '/admin/prices/rerate', { from: 'yesterday', to: 'today' })).status).toBe(400);
  });

  it('N11: that are unknown are named in the answer to a new model, and by an alert at its first call', async () => {
    const sdk = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey });
    const unknown = { provider: 'openai', model: 'house-llama' };
    const known = { provider: 'openai', model: 'gpt-4.1' };
    const created = await sdk.admin.models.create({ name: 'house', deployments: [known, unknown] });
    expect(created.warnings).toEqual([
      expect.stringMatching(
        /^The price of 'house' at openai\/house-llama is unknown\. .*\$\d+ per million input tokens and \$\d+ per million output tokens.*refused under budgets\. Set the price at \/admin\/prices\.$/,
      ),
    ]);
    expect((await sdk.admin.models.update('house', { deployments: [known] })).warnings).toEqual([]);
    expect((await sdk.admin.models.update('house', { deployments: [unknown] })).warnings).toHaveLength(1);
    const { key } = await gateway.createKey();
    const alerts = async () => (await sdk.admin.alerts.list({ kind: 'price_unknown' })).data;
    expect(await alerts()).toEqual([]);
    for (const text of ['first', 'second']) await costOf(key, `${text} at a guessed price`, 'house');
    const alert = await eventually(async () => (await alerts())[0]);
    expect(alert).toMatchObject({ severity: 'warning', data: { model: 'house', deployment: 'openai/house-llama' } });
    expect(await alerts()).toHaveLength(1);
    await set({ model: 'house', input_usd_per_mtok: '1', output_usd_per_mtok: '2' });
    expect((await sdk.admin.models.update('house', { deployments: [unknown] })).warnings).toEqual([]);
  });
});
