import fc from 'fast-check';
import { type RunningGateway, startGateway } from '../support/gateway';
import { KeyedUpstream } from '../support/keyed-upstream';

/** Administrators cannot make the gateway call its private network, and nonsense is refused by its member. */
describe('the addresses and the settings of providers', () => {
  let gateway: RunningGateway;
  let upstream: KeyedUpstream;
  let number = 0;

  beforeAll(async () => {
    upstream = await KeyedUpstream.start();
    gateway = await startGateway({ env: { PROVIDER_ALLOWED_NETWORKS: '10.9.0.0/16' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const add = (members: Record<string, unknown>) =>
    gateway.admin('POST', '/admin/providers', {
      name: `p${(number += 1)}`,
      type: 'openai-compatible',
      keys: [{ key: 'sk-1' }],
      ...members,
    });

  it.each([
    'http://127.0.0.1:PORT/v1',
    'http://2130706433:PORT/v1',
    'http://0x7f000001:PORT/v1',
    'http://0x7f.1:PORT/v1',
    'http://0177.0.0.1:PORT/v1',
    'http://127.1:PORT/v1',
    'http://127.0.0.1.:PORT/v1',
    'http://[::1]:PORT/v1',
    'http://[::ffff:127.0.0.1]:PORT/v1',
    'http://[::ffff:7f00:1]:PORT/v1',
    'http://0.0.0.0:PORT/v1',
    'http://169.254.169.254/latest',
    'http://[fd00:ec2::254]/latest',
    'http://100.100.100.200/latest',
    'https://10.8.0.1/v1',
    'https://192.168.0.1/v1',
    'http://8.8.8.8/v1',
    'https://user:word@api.example.com/v1',
    'https://api.example.com/v1?key=1',
    'https://api.example.com/v1#x',
    'ftp://api.example.com/v1',
    'api.example.com',
  ])('refuse %s', async (url) => {
    const { status, body } = await add({ base_url: url.replace('PORT', String(upstream.port)) });
    expect([status, body.error?.param]).toEqual([400, 'base_url']);
  });

  it.each([{ base_url: 'http://localhost:PORT/v1' }, { base_url: 'https://localhost:PORT/v1' }, { type: 'ollama' }])(
    'of names are checked at each connection: %j',
    async ({ base_url: url, ...members }: { base_url?: string; type?: string }) => {
      const address = url && { base_url: url.replace('PORT', String(upstream.port)) };
      const { status, body } = await add({ ...members, ...address });
      expect(status).toBe(201);
      const tested = await gateway.admin('POST', `/admin/providers/${body.name}/test`, {});
      const error = expect.stringContaining('PROVIDER_ALLOWED_NETWORKS allows private ones');
      expect(tested.body).toMatchObject({ ok: false, status: null, error });
      expect(upstream.paths).toEqual([]);
    },
  );

  it('that redirect are not followed', async () => {
    const open = await startGateway({ env: { PROVIDER_ALLOWED_NETWORKS: '127.0.0.1' } });
    try {
      const provider = {
        name: 'moved',
        type: 'openai-compatible',
        base_url: upstream.baseUrl,
        keys: [{ key: 'sk-moved' }],
      };
      await open.admin('POST', '/admin/providers', provider);
      upstream.rules.set('sk-moved', {
        status: 307,
        headers: { location: `http://127.0.0.1:${upstream.port}/secret` },
      });
      expect((await open.admin('POST', '/admin/providers/moved/test', {})).body).toMatchObject({
        ok: false,
        status: 307,
      });
      await open.admin('POST', '/admin/models', { name: 'moving', deployments: [{ provider: 'moved', model: 'm' }] });
      const { key } = await open.createKey();
      expect((await open.chat(key, 'go', { model: 'moving' })).status).toBeGreaterThanOrEqual(400);
      expect(upstream.paths.filter((path) => path.includes('secret'))).toEqual([]);
    } finally {
      await open.stop();
    }
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'simulator' }, 'name'],
    [{ type: 'gorq' }, 'type'],
    [{ type: 'constructor' }, 'type'],
    [{ type: 'azure' }, 'base_url'],
    [{ headers: { Host: 'x' } }, 'headers.Host'],
    [{ headers: { a: 'x\r\ny' } }, 'headers.a'],
    [{ headers: { authorization: 'Bearer x' } }, 'headers.authorization'],
    [{ query: { a: 1 } }, 'query.a'],
    [{ keys: [{ key: '' }] }, 'keys.0.key'],
    [{ keys: [{ key: 'a\nb' }] }, 'keys.0.key'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ unknown: 1 }, 'unknown'],
  ])('are refused by their member: %j', async (members, param) => {
    const { status, body } = await add({ type: 'groq', ...members });
    expect([status, body.error?.param]).toEqual([400, param]);
  });

  it('never fail the gateway, whatever they are', async () => {
    await add({ name: 'steady', type: 'groq' });
    const routes = [
      ['POST', '/admin/providers'],
      ['PATCH', '/admin/providers/steady'],
      ['POST', '/admin/providers/steady/keys'],
      ['POST', '/admin/providers/%00/keys'],
      ['DELETE', '/admin/providers/..%2f..%2fx'],
      ['PATCH', '/admin/models/gpt-4.1'],
    ] as const;
    const members = [
      'name',
      'type',
      'base_url',
      'headers',
      'query',
      'keys',
      'key',
      'team_id',
      'replaces',
      'enabled',
      'fallbacks',
      'timeouts',
    ];
    const nonsense = fc.dictionary(fc.constantFrom(...members), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...routes), nonsense, async ([method, path], body) => {
        const { status } = await gateway.admin(method, path, body);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });
});
