import { type RunningGateway, startGateway } from '../support/gateway';

const CONFIG = `
providers:
  one: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: a }
  two: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: b }
models:
  yaml:
    deployments: [{ provider: one, model: gpt-4.1 }]
    routing: least-busy
    timeouts: { first_byte_ms: 60000 }
  spare: { deployments: [{ provider: two, model: gpt-4o }] }
`;

/** `/admin/models` sets the routing of a model as gateway.yaml does. */
describe('the routing of models at runtime', () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: CONFIG });
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const patch = (body: object, model = 'yaml') => gateway.admin('PATCH', `/admin/models/${model}`, body);
  const routing = ({ body }: { body: Record<string, unknown> }) => [
    body.routing,
    body.prefix_affinity,
    body.fallbacks,
    body.timeouts,
  ];

  it('is that of gateway.yaml, each member until it is set, and again once it is removed', async () => {
    const { data } = (await gateway.admin('GET', '/admin/models')).body;
    const shown = data.find(({ name }: { name: string }) => name === 'yaml');
    expect(shown).toMatchObject({ source: 'gateway.yaml', served: true, routing: 'least-busy', fallbacks: {} });
    const changed = await patch({ routing: 'latency', fallbacks: ['spare'] });
    const all = { context_too_long: ['spare'], content_filter: ['spare'], rate_limit: ['spare'], error: ['spare'] };
    expect([changed.status, ...routing(changed)]).toEqual([200, 'latency', true, all, { first_byte_ms: 60_000 }]);
    expect(changed.body.source).toBe('gateway.yaml');
    const more = await patch({ prefix_affinity: false, timeouts: { total_ms: 9_000 } });
    expect(routing(more)).toEqual(['latency', false, all, { total_ms: 9_000 }]);
    await gateway.restart();
    const removed = await patch({ routing: null, timeouts: null });
    expect(routing(removed)).toEqual(['least-busy', false, all, { first_byte_ms: 60_000 }]);
    const audit = (await gateway.admin('GET', '/admin/audit?action=model.updated&subject=yaml')).body.data;
    expect([audit[0].before.routing, audit[0].after.routing]).toEqual([
      { routing: 'latency', fallbacks: ['spare'], prefix_affinity: false, timeouts: { total_ms: 9_000 } },
      { fallbacks: ['spare'], prefix_affinity: false },
    ]);
    await gateway.admin('DELETE', '/admin/models/yaml');
    expect(routing(await patch({ cache: { ttl_seconds: 5 } }))).toEqual([
      'least-busy',
      true,
      {},
      { first_byte_ms: 60_000 },
    ]);
  });

  it('is in force: fallbacks by reason answer, and time-outs end attempts', async () => {
    const deployments = [{ provider: 'one', model: 'gpt-4.1-mini', priority: 1, weight: 2, max_parallel: 5 }];
    const made = await gateway.admin('POST', '/admin/models', {
      name: 'made',
      deployments,
      fallbacks: { error: ['spare'] },
      timeouts: { first_byte_ms: 1_500 },
    });
    expect([made.status, made.body.source, ...routing(made)]).toEqual([
      201,
      'admin',
      'weighted',
      true,
      { error: ['spare'] },
      { first_byte_ms: 1_500 },
    ]);
    gateway.fake.script({ delayMs: 8_000 }, { model: 'gpt-4.1-mini' });
    const answer = await gateway.chat(key, 'slow', { model: 'made' });
    expect([answer.status, answer.headers.get('x-gateway-provider')]).toEqual([200, 'two']);
  });

  it.each([
    [{ routing: 'fastest' }, 'routing'],
    [{ prefix_affinity: 1 }, 'prefix_affinity'],
    [{ fallbacks: ['nowhere'] }, 'fallbacks.0'],
    [{ fallbacks: { error: ['spare', 'nowhere'] } }, 'fallbacks.error.1'],
    [{ fallbacks: { error: ['yaml'] } }, 'fallbacks.error.0'],
    [{ fallbacks: { never: ['spare'] } }, 'fallbacks.never'],
    [{ timeouts: { first_byte_ms: 0 } }, 'timeouts.first_byte_ms'],
    [{ timeouts: { first: 1 } }, 'timeouts.first'],
    [{ retries: 3 }, 'retries'],
    [{ deployments: [{ provider: 'three', model: 'm' }] }, 'deployments.0.provider'],
  ])('is refused by its member: %j', async (body, param) => {
    const { status, body: answer } = await patch(body);
    expect([status, answer.error.param]).toEqual([400, param]);
  });
});
