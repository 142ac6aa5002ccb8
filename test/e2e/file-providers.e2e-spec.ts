import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningGateway, startGateway } from '../support/gateway';
import { KeyedUpstream } from '../support/keyed-upstream';

const fileNaming = (...providers: string[]) =>
  JSON.stringify({
    models: {
      both: { deployments: providers.map((provider, index) => ({ provider, model: 'm', priority: index + 1 })) },
    },
    prices: { m: { input_usd_per_mtok: '1', output_usd_per_mtok: '2' } },
  });

/** A model of gateway.yaml has deployments at providers of administrators, beside those of the operator. */
describe('models of gateway.yaml at providers of administrators', () => {
  let gateway: RunningGateway;
  let upstream: KeyedUpstream;
  let key: string;

  const useFile = (...providers: string[]) =>
    writeFileSync(join(gateway.dataDirectory, 'gateway.yaml'), fileNaming(...providers));
  const ask = (text: string) => gateway.chat(key, text, { model: 'both' });

  beforeAll(async () => {
    upstream = await KeyedUpstream.start();
    gateway = await startGateway({ env: { PROVIDER_ALLOWED_NETWORKS: '127.0.0.1' } });
    ({ key } = await gateway.createKey());
    const added = await gateway.admin('POST', '/admin/providers', {
      name: 'added',
      type: 'openai-compatible',
      base_url: upstream.baseUrl,
      keys: [{ key: 'gsk-first-secret-0123456789' }],
    });
    expect(added.status).toBe(201);
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  it('are served after a start, and keep the provider from being deleted', async () => {
    useFile('added', 'openai');
    await gateway.restart();
    const answer = await ask('of which provider?');
    expect([answer.status, answer.headers.get('x-gateway-provider')]).toEqual([200, 'added']);
    const refused = await gateway.admin('DELETE', '/admin/providers/added');
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      expect.stringMatching(/both \(gateway\.yaml\)\. Change or delete these in gateway\.yaml first/),
    ]);
  });

  it('go on at the next deployment where the provider is switched off', async () => {
    await gateway.admin('PATCH', '/admin/providers/added', { enabled: false });
    expect((await ask('and now?')).headers.get('x-gateway-provider')).toBe('openai');
    await gateway.admin('PATCH', '/admin/providers/added', { enabled: true });
  });

  it('keep the gateway from starting where no such provider exists', async () => {
    useFile('added', 'nobody');
    await expect(gateway.restart()).rejects.toThrow(
      /models\.both\.deployments\.1\.provider: there is no provider "nobody"/,
    );
    useFile('openai');
    await gateway.start();
    expect((await gateway.admin('DELETE', '/admin/providers/added')).status).toBe(200);
    expect((await ask('at last')).headers.get('x-gateway-provider')).toBe('openai');
  });
});
