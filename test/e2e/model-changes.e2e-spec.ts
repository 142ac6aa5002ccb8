import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const configOf = (provider: string, cache = '', drift = '') => `
providers:
  one: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: a }
  two: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: b }
models:
  alias:
    deployments: [{ provider: ${provider}, model: gpt-4.1 }]
  twin:
    deployments: [{ provider: ${provider}, model: gpt-4.1 }]
  steady:
    deployments: [{ provider: one, model: gpt-4o }]
    cache: { ignore_fingerprint: true }
  still:
    deployments: [{ provider: one, model: gpt-4.1-mini }]
${cache}${drift}`;

/** A model's responses are dropped if the upstream model behind its name changes. */
describe('a change of the model', () => {
  let gateway: RunningGateway;
  let sdk: ThriftgateClient;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: configOf('one', '', 'drift: { flapping_fingerprints: 3 }\n') });
    sdk = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey });
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const fresh = () => `change ${(question += 1)}`;
  const status = async (text: string, model: string) =>
    (await gateway.chat(key, text, { model })).headers.get('x-cache-status');
  const generation = async (model: string): Promise<number> =>
    (await gateway.request('GET', `/v1/models/${model}`, key)).body.gateway.generation;
  const audited = async (action: string, subject: string) => (await sdk.admin.audit.list({ action, subject })).data;

  it('N2: in gateway.yaml keeps the responses of the old target for the way back', async () => {
    const [text, still] = [fresh(), fresh()];
    await status(text, 'alias');
    await status(still, 'still');
    await gateway.restart();
    expect(await generation('alias')).toBe(1);
    const startWith = async (provider: string) => {
      await gateway.terminate();
      const file = join(gateway.dataDirectory, 'gateway.yaml');
      writeFileSync(file, configOf(provider, '', 'drift: { flapping_fingerprints: 3 }\n'));
      await gateway.start();
    };
    const later = fresh();
    await status(later, 'alias');
    await startWith('two');
    expect([await generation('alias'), await generation('still')]).toEqual([1, 1]);
    expect([await status(text, 'alias'), await status(later, 'alias')]).toEqual(['MISS', 'MISS']);
    const [before, now] = ['one/gpt-4.1', 'two/gpt-4.1'].map((target) => ({ alias: target, twin: target }));
    const { data: events } = await sdk.admin.audit.list({ action: 'model.retargeted' });
    expect(events).toMatchObject([{ actor: 'gateway', details: { before, now } }]);
    const alerts = await eventually(async () => {
      const { data } = await sdk.admin.alerts.list({ kind: 'models_retargeted' });
      return data.length > 0 ? data : undefined;
    });
    expect(alerts.map(({ data }) => data)).toEqual([{ models: 2, names: ['alias', 'twin'] }]);
    await startWith('one');
    // The embedded cache is empty after a start; with Redis the old responses are there again.
    const back = await gateway.chat(key, later, { model: 'alias' });
    expect(back.headers.get('x-gateway-provider')).toBe('one');
    expect(back.headers.get('x-cache-status')).toBe(gateway.env.REDIS_URL ? 'HIT' : 'MISS');
    await startWith('two');
  });

  it('N2: at /admin/models keeps the responses for the way back', async () => {
    const text = fresh();
    expect(await status(text, 'alias')).toBe('MISS');
    const two = { provider: 'two', model: 'gpt-4.1', weight: 5 };
    const weighted = { deployments: [two, { provider: 'one', model: 'gpt-4o', priority: 2 }] };
    expect(await sdk.admin.models.update('alias', weighted)).toMatchObject({ source: 'admin', generation: 1 });
    expect(await status(text, 'alias')).toBe('HIT');
    const other = { deployments: [{ provider: 'one', model: 'gpt-4.1' }] };
    expect(await sdk.admin.models.update('alias', other)).toMatchObject({ generation: 1 });
    const after = await gateway.chat(key, text, { model: 'alias' });
    expect([after.headers.get('x-cache-status'), after.headers.get('x-gateway-provider')]).toEqual(['MISS', 'one']);
    await sdk.admin.models.update('alias', weighted);
    const back = await gateway.chat(key, text, { model: 'alias' });
    expect([back.headers.get('x-cache-status'), back.headers.get('x-gateway-provider')]).toEqual(['HIT', 'two']);
    expect(await sdk.admin.models.delete('alias')).toEqual({ id: 'alias', deleted: true });
    expect((await audited('model.retargeted', 'alias')).slice(0, 2).map(({ actor }) => actor)).toEqual([
      'admin',
      'admin',
    ]);
  });

  it('can add a new name and remove it', async () => {
    const deployments = [{ provider: 'one', model: 'gpt-4.1-nano' }];
    expect(await sdk.admin.models.create({ name: 'brand-new', deployments })).toMatchObject({
      name: 'brand-new',
      source: 'admin',
      generation: 1,
    });
    expect(await status(fresh(), 'brand-new')).toBe('MISS');
    expect((await sdk.admin.models.list()).data.map(({ name }) => name)).toContain('brand-new');
    const refused = async (method: string, path: string, body?: unknown) => {
      const answer = await gateway.admin(method, path, body);
      return [answer.status, answer.body.error.param];
    };
    expect(await refused('POST', '/admin/models', { name: 'brand-new', deployments })).toEqual([409, 'name']);
    expect(
      await refused('PATCH', '/admin/models/alias', { deployments: [{ provider: 'nobody', model: 'x' }] }),
    ).toEqual([400, 'deployments.0.provider']);
    expect(await refused('PATCH', '/admin/models/nothing', { deployments })).toEqual([404, 'model']);
    expect(await refused('DELETE', '/admin/models/steady')).toEqual([409, 'model']);
    await sdk.admin.models.delete('brand-new');
    expect((await gateway.chat(key, fresh(), { model: 'brand-new' })).status).toBe(404);
  });

  it('upstream is detected by the model version, once for each new one', async () => {
    const text = fresh();
    await status(fresh(), 'still');
    const first = await generation('still');
    gateway.fake.setSnapshot('gpt-4.1-mini', 'mini-a', 'fp_a');
    await status(text, 'still');
    const before = await eventually(async () =>
      (await generation('still')) > first ? generation('still') : undefined,
    );
    const answers = async (snapshot: string, fingerprint: string) => {
      gateway.fake.setSnapshot('gpt-4.1-mini', snapshot, fingerprint);
      await status(fresh(), 'still');
      return eventually(async () => (await generation('still')) - before || undefined);
    };
    expect(await answers('mini-b', 'fp_b')).toBe(1);
    expect(await status(text, 'still')).toBe('MISS');
    expect(await answers('mini-a', 'fp_a')).toBe(1);
    expect(await answers('mini-b', 'fp_b')).toBe(1);
    const [event] = await audited('model.drifted', 'still');
    expect(event).toMatchObject({ actor: 'gateway', details: { before: 'mini-a', model: 'mini-b' } });
    const alert = await eventually(async () =>
      (await sdk.admin.alerts.list({ kind: 'model_drift' })).data.find(({ data }) => data.now === 'mini-b'),
    );
    expect(alert.data).toMatchObject({ model: 'still', before: 'mini-a', generation: before + 1 });
  });

  it('N20: upstream is in force when the response that names it is sent', async () => {
    for (const snapshot of ['mini-n20-a', 'mini-n20-b', 'mini-n20-c']) {
      const text = fresh();
      await status(text, 'still');
      const before = await generation('still');
      gateway.fake.setSnapshot('gpt-4.1-mini', snapshot, 'fp_n20');
      await status(fresh(), 'still');
      expect([snapshot, await status(text, 'still')]).toEqual([snapshot, 'MISS']);
      await eventually(async () => (await generation('still')) > before || undefined);
    }
  });

  it('upstream is detected by the fingerprint, unless it flaps or the model ignores it', async () => {
    /** @returns how many generations began; waits for one if it is expected, otherwise for a moment */
    const drifts = async (model: string, upstream: string, fingerprint: string, expected = 0) => {
      const before = await generation(model);
      gateway.fake.setSnapshot(upstream, 'one-version', fingerprint);
      await status(fresh(), model);
      const rise = async () => (await generation(model)) - before;
      if (expected > 0) return eventually(async () => (await rise()) || undefined);
      await delay(300);
      return rise();
    };
    gateway.fake.setSnapshot('gpt-4o', 'one-version', 'fp_0');
    await status(fresh(), 'steady');
    await delay(300);
    expect([await drifts('steady', 'gpt-4o', 'fp_1'), await drifts('steady', 'gpt-4o', 'fp_2')]).toEqual([0, 0]);

    await drifts('still', 'gpt-4.1-mini', 'fp_b');
    const expected = { fp_c: 1, fp_b: 0, fp_d: 1, fp_e: 0, fp_f: 0 };
    for (const [fingerprint, rise] of [...Object.entries(expected), ['fp_c', 0] as const])
      expect([fingerprint, await drifts('still', 'gpt-4.1-mini', fingerprint, rise)]).toEqual([fingerprint, rise]);
  });
});
