import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';

const LONG_RULES = 'Answer in one sentence and name your source. '.repeat(120);

/** Models that answer in place of another one, and deployments that share the conversations of a model. */
describe('a model with fallbacks', () => {
  let second: FakeOpenAi;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    second = await FakeOpenAi.start();
    gateway = await startGateway({
      env: { SECOND_URL: second.baseUrl },
      configFile: `
providers:
  second: { type: openai-compatible, base_url: "\${SECOND_URL}", api_key: "sk-second-1234567890" }
models:
  main:
    deployments: [{ provider: openai, model: gpt-4.1 }]
    fallbacks: [unheard-of, spare]
  spare:
    deployments: [{ provider: second, model: gpt-4.1-mini }]
  picky:
    deployments: [{ provider: openai, model: gpt-4.1-nano }]
    fallbacks:
      context_too_long: [spare]
  doubled:
    deployments:
      - { provider: openai, model: gpt-4o }
      - { provider: second, model: gpt-4o }
  cheap:
    routing: cheapest
    deployments:
      - { provider: openai, model: gpt-4.1 }
      - { provider: second, model: gpt-4.1-mini }
  quick:
    timeouts: { first_byte_ms: 300, total_ms: 1500 }
    deployments:
      - { provider: openai, model: gpt-4o-mini, priority: 1 }
      - { provider: second, model: gpt-4o-mini, priority: 2 }
`,
    });
    ({ key } = await gateway.createKey({ models: ['main', 'picky', 'doubled', 'cheap', 'quick'] }));
  });
  afterAll(async () => {
    await gateway.stop();
    await second.stop();
  });

  const rowsOf = async (headers: Headers) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data;

  it('is answered by its fallback, at the price of that one, also for a key that may not name it', async () => {
    expect((await gateway.chat(key, 'Hello', { model: 'spare' })).status).toBe(403);
    for (const stream of [false, true]) {
      gateway.fake.script({ status: 503 }, { prompt: `away ${stream}`, times: 9 });
      const { status, headers } = await gateway.chat(key, `away ${stream}`, { model: 'main', stream });
      expect([status, headers.get('x-gateway-provider')]).toEqual([200, 'second']);
      expect(headers.get('x-gateway-model')).toMatch(/^gpt-4\.1-mini/);
      const rows = await rowsOf(headers);
      expect(rows.map((row: any) => [row.attempt, row.model, row.provider, row.state])).toEqual([
        [4, 'spare', 'second', 'settled'],
        [3, 'main', 'openai', 'failed'],
        [2, 'main', 'openai', 'failed'],
        [1, 'main', 'openai', 'failed'],
      ]);
      const direct = await gateway.createKey({ models: ['spare'] });
      const asked = await gateway.chat(direct.key, `away ${stream}`, { model: 'spare' });
      expect(rows[0].cost_usd).toBe(asked.headers.get('x-gateway-cost-usd'));
    }
  });

  it('never serves the answer of a fallback under its own name, and serves that of the fallback again', async () => {
    gateway.fake.script({ status: 503 }, { prompt: 'who writes', times: 6 });
    const ask = async () => (await gateway.chat(key, 'who writes', { model: 'main' })).headers;
    expect((await ask()).get('x-cache-status')).toBe('MISS');
    const again = await ask();
    expect([again.get('x-cache-status'), again.get('x-gateway-provider')]).toEqual(['HIT', 'second']);
    const own = await ask();
    expect([own.get('x-cache-status'), own.get('x-gateway-provider')]).toEqual(['MISS', 'openai']);
  });

  it('goes on by the reason of the failure alone', async () => {
    const tooLong = { status: 400, errorCode: 'context_length_exceeded' };
    gateway.fake.script(tooLong, { prompt: 'a long one', times: 9 });
    const { status, headers } = await gateway.chat(key, 'a long one', { model: 'picky' });
    expect([status, headers.get('x-gateway-provider'), headers.get('x-gateway-attempts')]).toEqual([
      200,
      'second',
      '2',
    ]);
    gateway.fake.script({ status: 503 }, { prompt: 'a failure', times: 9 });
    expect((await gateway.chat(key, 'a failure', { model: 'picky' })).status).toBe(502);
    gateway.fake.script({ status: 400 }, { prompt: 'a wrong one', times: 9 });
    expect((await gateway.chat(key, 'a wrong one', { model: 'main' })).status).toBe(400);
  });

  it('has its own error where no fallback answers, and tells the log of all attempts', async () => {
    gateway.fake.script({ status: 503 }, { prompt: 'all away', times: 9 });
    second.script({ status: 429 }, { prompt: 'all away', times: 9 });
    const { status, headers } = await gateway.chat(key, 'all away', { model: 'main' });
    expect(status).toBe(502);
    const rows = await rowsOf(headers);
    expect(new Set(rows.map((row: any) => row.model))).toEqual(new Set(['main', 'spare']));
    expect(new Set(rows.map((row: any) => row.attempt)).size).toBe(rows.length);
  });

  it('equal calls at the same time share the answer of the fallback', async () => {
    gateway.fake.script({ status: 503, delayMs: 200 }, { prompt: 'together', times: 30 });
    const all = await Promise.all([1, 2, 3, 4].map(() => gateway.chat(key, 'together', { model: 'main' })));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(second.calls.filter(({ body }) => JSON.stringify(body).includes('together')).length).toBe(1);
  });

  it('brings the turns of a conversation to one deployment, with one prompt_cache_key', async () => {
    const talk = async (name: string) => {
      const messages: object[] = [{ role: 'system', content: LONG_RULES }];
      const providers = new Set<string | null>();
      for (let turn = 0; turn < 4; turn += 1) {
        messages.push({ role: 'user', content: `${name}, turn ${turn}` });
        const { headers, body } = await gateway.request('POST', '/v1/chat/completions', key, {
          model: 'doubled',
          messages,
        });
        providers.add(headers.get('x-gateway-provider'));
        messages.push(body.choices[0].message);
      }
      return [...providers];
    };
    const talks = await Promise.all(Array.from({ length: 12 }, (_, index) => talk(`Talk number ${index}.`)));
    expect(talks.map((providers) => providers.length)).toEqual(talks.map(() => 1));
    expect(new Set(talks.flat())).toEqual(new Set(['openai', 'second']));
    const keys = gateway.fake.calls
      .filter(({ text }) => text.includes('Talk'))
      .map(({ body }) => (body as any).prompt_cache_key);
    expect(new Set(keys).size).toBe(talks.filter(([provider]) => provider === 'openai').length);
    expect(keys.every((each) => /^[0-9a-f]{32}$/.test(String(each)))).toBe(true);
  });

  it('cheapest: asks the deployment with the lowest price', async () => {
    const providers = [];
    for (let call = 0; call < 5; call += 1)
      providers.push((await gateway.chat(key, `price ${call}`, { model: 'cheap' })).headers.get('x-gateway-provider'));
    expect(new Set(providers)).toEqual(new Set(['second']));
  });

  it('leaves a deployment that is silent for longer than the model allows', async () => {
    gateway.fake.script({ delayMs: 5_000 }, { prompt: 'silent', times: 3 });
    const { status, headers } = await gateway.chat(key, 'silent', { model: 'quick' });
    expect([status, headers.get('x-gateway-provider'), headers.get('x-gateway-attempts')]).toEqual([
      200,
      'second',
      '2',
    ]);
    gateway.fake.script({ ttftMs: 5_000 }, { prompt: 'slow body', times: 3 });
    expect((await gateway.chat(key, 'slow body', { model: 'quick' })).headers.get('x-gateway-provider')).toBe('second');
  });
});
