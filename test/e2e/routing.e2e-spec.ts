import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';

/** A model in gateway.yaml with two deployments, negotiated prices and a version. */
describe('a model with several deployments', () => {
  let backup: FakeOpenAi;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    backup = await FakeOpenAi.start();
    gateway = await startGateway({
      env: { BACKUP_URL: backup.baseUrl },
      configFile: `
providers:
  backup: { type: openai-compatible, base_url: "\${BACKUP_URL}", api_key: "sk-backup-1234567890" }
  refusing: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: "sk-refused-1234567890" }
models:
  resilient:
    deployments:
      - { provider: openai, model: gpt-4.1, priority: 1 }
      - { provider: backup, model: gpt-4.1, priority: 2 }
    version: "2026-11-01"
    cache: { ttl_seconds: 3600 }
  refused:
    deployments:
      - { provider: refusing, model: gpt-4.1, priority: 1 }
      - { provider: backup, model: gpt-4.1, priority: 2 }
  other-family:
    deployments:
      - { provider: openai, model: gpt-4.1, priority: 1 }
      - { provider: backup, model: llama-unheard-of, priority: 2 }
  narrow:
    deployments:
      - { provider: openai, model: gpt-4.1, priority: 1, max_parallel: 1 }
      - { provider: backup, model: gpt-4.1, priority: 2 }
prices:
  resilient: { input_usd_per_mtok: "8.00", output_usd_per_mtok: "32.00" }
`,
    });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway.stop();
    await backup.stop();
  });

  it('uses the first deployment, at the negotiated price', async () => {
    const { headers } = await gateway.chat(key, 'first choice', { model: 'resilient' });
    expect(headers.get('x-gateway-provider')).toBe('openai');
    expect(headers.get('x-gateway-cost-usd')).toBe('0.000112');
    expect(headers.get('x-cache-ttl')).toBe('3600');
    expect((await gateway.request('GET', '/v1/models/resilient', key)).body.gateway).toMatchObject({
      version: '2026-11-01',
      providers: ['openai', 'backup'],
      input_usd_per_mtok: '8',
    });
  });

  it('uses the next deployment if the first fails, also for streams', async () => {
    for (const stream of [false, true]) {
      gateway.fake.script({ status: 503 }, { prompt: `fall over ${stream}` });
      const { status, headers } = await gateway.chat(key, `fall over ${stream}`, { model: 'resilient', stream });
      expect([status, headers.get('x-gateway-provider'), headers.get('x-gateway-attempts')]).toEqual([
        200,
        'backup',
        '3',
      ]);
      const { data } = (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body;
      expect(data.map((row: any) => [row.attempt, row.provider, row.state])).toEqual([
        [3, 'backup', 'settled'],
        [2, 'openai', 'failed'],
        [1, 'openai', 'failed'],
      ]);
    }
  });

  it('uses the next deployment at once if the first refuses the credential', async () => {
    gateway.fake.script({ status: 401 }, { prompt: 'refused' });
    const ask = async (content: string) => (await gateway.chat(key, content, { model: 'refused' })).headers;
    const first = await ask('refused');
    expect([first.get('x-gateway-provider'), first.get('x-gateway-attempts')]).toEqual(['backup', '2']);
    // The credential is set aside for a minute.
    const { data } = (await gateway.admin('GET', '/admin/deployments')).body;
    const state = (id: string) => data.find(({ deployment }: any) => deployment === id);
    expect(state('refusing/gpt-4.1')).toMatchObject({ models: ['refused'], breaker: 'open', reason: 'credential' });
    expect(state('refusing/gpt-4.1').opens_to_calls_in_ms).toBeGreaterThan(30_000);
    expect(state('backup/gpt-4.1')).toMatchObject({ breaker: 'closed', reason: null, running: 0 });
    expect(state('backup/gpt-4.1').latency_ms).toBeGreaterThan(0);
    expect((await gateway.request('GET', '/admin/deployments', key)).status).toBe(403);
    const next = await ask('another question');
    expect([next.get('x-gateway-provider'), next.get('x-gateway-attempts')]).toEqual(['backup', '1']);
  });

  it('returns a bad request to the caller without another attempt', async () => {
    gateway.fake.script({ status: 400 }, { prompt: 'bad one' });
    const before = backup.calls.length;
    expect((await gateway.chat(key, 'bad one', { model: 'resilient' })).status).toBe(400);
    expect(backup.calls.length).toBe(before);
  });

  it('never serves a response of another model from the cache', async () => {
    gateway.fake.script({ status: 503 }, { prompt: 'who are you', times: 3 });
    const ask = () => gateway.chat(key, 'who are you', { model: 'other-family' });
    const first = await ask();
    expect(first.headers.get('x-gateway-provider')).toBe('backup');
    const { data } = (await gateway.admin('GET', `/admin/requests?request_id=${first.headers.get('x-request-id')}`))
      .body;
    expect(data[0]).toMatchObject({ estimated: true });
    expect(data[0].cost_usd).not.toBe('0');
    expect((await ask()).headers.get('x-cache-status')).toBe('MISS');
  });

  it('limits the parallel calls of a deployment', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((n) => gateway.chat(key, `[[delay=300]] parallel ${n}`, { model: 'narrow' })),
    );
    const providers = answers.map(({ headers }) => headers.get('x-gateway-provider')).toSorted();
    expect(providers).toEqual(['backup', 'backup', 'openai']);
  });

  it('N10, R11: raises alerts where a provider refuses the credential, has no such model, or fails again and again', async () => {
    gateway.fake.script({ status: 404 }, { prompt: 'gone', times: 2 });
    for (let call = 0; call < 2; call += 1) await gateway.chat(key, 'gone', { model: 'narrow' });
    gateway.fake.script({ status: 401 }, { prompt: 'refused again', times: 30 });
    for (let call = 0; call < 5; call += 1) await gateway.chat(key, 'refused again');
    const failing = { model: 'other-family', messages: [{ role: 'user', content: 'down' }], use_cache: false };
    for (const fake of [gateway.fake, backup]) fake.script({ status: 503 }, { prompt: 'down', times: 100 });
    for (let call = 0; call < 12; call += 1) await gateway.request('POST', '/v1/chat/completions', key, failing);
    await eventually(async () => {
      const { data } = (await gateway.admin('GET', '/admin/alerts?kind=provider_failing')).body;
      return data.length > 0 || undefined;
    });
    const { data } = (await gateway.admin('GET', '/admin/alerts?limit=100')).body;
    const of = (kind: string) => data.filter((alert: any) => alert.kind === kind);
    expect(of('provider_auth_failed').map((alert: any) => alert.data.provider)).toEqual(['openai', 'refusing']);
    expect(of('model_unavailable')).toMatchObject([{ severity: 'warning', data: { deployment: 'openai/gpt-4.1' } }]);
    expect(of('provider_failing').map((alert: any) => alert.data.provider)).toContain('backup');
  });

  it('N10: names error, model, provider and attempts in the log line of a failed call', async () => {
    gateway.fake.script({ status: 401 }, { prompt: 'for the log', times: 9 });
    const { status, headers } = await gateway.chat(key, 'for the log', { model: 'gpt-4.1' });
    expect(status).toBe(502);
    const line = await eventually(() =>
      gateway.output
        .split('\n')
        .find((text) => text.includes(headers.get('x-request-id') ?? '?') && text.includes('"msg"')),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      status: 502,
      errorCode: 'upstream_auth',
      errorType: 'upstream_error',
      model: 'gpt-4.1',
      provider: 'openai',
      upstreamModel: 'gpt-4.1',
      attempts: 1,
      msg: 'request failed',
    });
  });
});
