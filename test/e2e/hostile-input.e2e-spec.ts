import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Characters that PostgreSQL cannot store. */
const UNSTORABLE = ['a\0b', 'a\ud800b'];

describe('hostile input', () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
  });

  afterAll(() => gateway?.stop());

  const deployments = (model: string, provider = 'openai') => [{ provider, model }];
  const budget = { limit_usd: '1', window: 'day' };
  const rates = { input_usd_per_mtok: '1', output_usd_per_mtok: '1' };
  const row = { litellm_provider: 'openai', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 };

  it.each<[string, string, (text: string) => unknown, string]>([
    ['POST', '/admin/cache/invalidate', (version) => ({ version }), 'version'],
    ['POST', '/admin/cache/invalidate', (tag) => ({ tag }), 'tag'],
    ['POST', '/admin/cache/invalidate', (team) => ({ team_id: team }), 'team_id'],
    ['POST', '/admin/cache/invalidate', (text) => ({ key: `ai_cache:v1:${text}:1:x` }), 'key'],
    ['POST', '/admin/cache/invalidate', (text) => ({ model: 'gpt-4.1', replaced_by: text }), 'replaced_by'],
    ['PUT', '/admin/models/gpt-4.1/version', (version) => ({ version }), 'version'],
    ['POST', '/admin/models', (name) => ({ name, deployments: deployments('gpt-4.1') }), 'name'],
    ['POST', '/admin/models', (text) => ({ name: 'm', deployments: deployments(text) }), 'deployments.0.model'],
    ['PATCH', '/admin/models/gpt-4.1', (text) => ({ deployments: deployments(text) }), 'deployments.0.model'],
    ['POST', '/admin/budgets', (team) => ({ ...budget, team_id: team }), 'team_id'],
    ['POST', '/admin/budgets', (text) => ({ ...budget, key_id: text }), 'key_id'],
    ['POST', '/admin/prices', (note) => ({ ...rates, model: 'm', note }), 'note'],
    ['POST', '/admin/prices/import', (model) => ({ catalogue: { [model]: row } }), 'catalogue'],
    ['POST', '/admin/webhooks', (team) => ({ url: 'https://hooks.example.com/x', team_id: team }), 'team_id'],
    ['POST', '/admin/cache/shares', (team) => ({ name: 's', team_ids: [team, 'team_x'] }), 'team_ids.0'],
  ])(
    'is refused with its member if it is text that the database cannot store: %s %s %#',
    async (method, path, bodyOf, member) => {
      for (const text of UNSTORABLE) {
        const { status, body } = await gateway.admin(method, path, bodyOf(text));
        expect([status, body.error.code]).toEqual([400, 'invalid_request']);
        expect(body.error.param).toContain(member);
      }
    },
  );

  it.each(['/admin/budgets?team_id=', '/admin/budgets?key_id=', '/admin/savings?team_id=', '/admin/audit?actor='])(
    'is refused if it is a filter with a null character: GET %s',
    async (path) => {
      expect((await gateway.admin('GET', `${path}%00`)).status).toBe(400);
    },
  );

  it.each(['/admin/cache/stats', '/admin/usage', '/admin/requests'])(
    'may be the last possible day: %s',
    async (path) => {
      expect((await gateway.admin('GET', `${path}?to=9999-12-31`)).status).toBe(200);
    },
  );

  it('causes an error in OpenAI’s shape if it is a path that is not UTF-8', async () => {
    for (const path of ['/admin/teams/%ff', '/v1/files/%ED%A0%80', `/v1/files/${'x'.repeat(600)}`]) {
      const response = await fetch(gateway.url + path, { headers: { authorization: `Bearer ${gateway.adminKey}` } });
      const { error } = (await response.json()) as { error: object };
      expect([response.status, response.headers.get('x-request-id')]).toEqual([400, expect.stringMatching(/^\w{26}$/)]);
      expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_request', param: null });
    }
  });

  const FORM = 'multipart/form-data; boundary=b';
  const part = (name: string, file = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
  const file = part('file', '; filename="a.jsonl"');
  const purpose = `${part('purpose')}batch\r\n`;

  it.each([
    ['has no boundary', 'multipart/form-data', `${purpose}${file}x\r\n--b--\r\n`, null],
    ['is not a form', FORM, 'garbage', null],
    ['breaks off in the file', FORM, `${purpose}${file}{"custom_id"`, null],
    ['breaks off before the file', FORM, purpose, null],
    ['has two files', FORM, `${purpose}${file}x\r\n${file}y\r\n--b--\r\n`, 'file'],
  ])('is refused and not stored if it is a form that %s', async (_what, type, body, param) => {
    const response = await fetch(`${gateway.url}/v1/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
    });
    const { error } = (await response.json()) as { error: object };
    expect(response.status).toBe(400);
    expect(error).toMatchObject({ code: 'invalid_request', param });
    expect((await gateway.request('GET', '/v1/files', key)).body.data).toEqual([]);
  });

  it.each([-1, '-0.000001', 1e300, 10, '1e1'])(
    'is not imported if it is a price of %p dollars per token',
    async (cost) => {
      const dear = {
        litellm_provider: 'openai',
        mode: 'chat',
        input_cost_per_token: 1e-6,
        output_cost_per_token: cost,
      };
      const { body } = await gateway.admin('POST', '/admin/prices/import', {
        catalogue: { 'gpt-4o': dear, 'priced-well': row },
      });
      expect(body.skipped).toEqual([{ model: 'gpt-4o', reason: expect.stringContaining('output_cost_per_token') }]);
      expect((await gateway.admin('GET', '/admin/prices?model=gpt-4o')).body.data).toEqual([]);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'is refused with a hint if it is JSON that is sent as %s',
    async (type) => {
      for (const path of ['/v1/chat/completions', '/v1/batches', '/v1/files']) {
        const response = await fetch(gateway.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': type },
          body: '{"model":"gpt-4.1"}',
        });
        const { error } = (await response.json()) as { error: { code: string; message: string } };
        expect([response.status, error.code]).toEqual([415, 'unsupported_media_type']);
        expect(error.message).toContain('application/json');
      }
    },
  );

  it.each(['/v1/files', '/v1/batches'])('is refused if it is an invalid id of a page: %s', async (path) => {
    const { status, body } = await gateway.request('GET', `${path}?after=nothing`, key);
    expect([status, body.error.param]).toEqual([400, 'after']);
  });

  it.each([
    ['n', 1e8],
    ['max_tokens', 1e15],
    ['max_completion_tokens', 1e308],
  ])('A9: %s %d is refused, and nothing is asked upstream', async (name, value) => {
    const { status, body } = await gateway.chat(key, `beyond ${name}`, { [name]: value });
    expect([status, body.error.param]).toEqual([400, name]);
    expect(gateway.fake.calls.some((call) => JSON.stringify(call.body)?.includes(`beyond ${name}`))).toBe(false);
  });

  it.each<[string, Record<string, unknown>]>([
    ['A1: metadata at the limits of OpenAI, of random characters', { metadata: metadataOf(16, 512, 94, 0x21) }],
    ['A1: metadata of 4 x 500 random characters in Korean', { metadata: metadataOf(4, 500, 11_172, 0xac00) }],
    ['A3: metadata with half a character, the second half', { metadata: { a: 'x\udc00y' } }],
    ['A3: metadata with half a character, the first half', { metadata: { 'a\ud800': 'x' } }],
    ['metadata with NUL', { metadata: { a: 'x\0y' } }],
    ['the greatest output limit', { max_tokens: 2_000_000 }],
  ])('is in the ledger if it is a call with %s', async (_what, members) => {
    const { status, headers } = await gateway.chat(key, `for the ledger ${Math.random()}`, members);
    expect(status).toBe(200);
    const requestId = headers.get('x-request-id');
    const { body } = await gateway.admin('GET', `/admin/requests?request_id=${requestId}`);
    expect(body.data).toEqual([
      expect.objectContaining({ state: 'settled', cost_usd: headers.get('x-gateway-cost-usd') }),
    ]);
    const tags: string[] = body.data[0].tags;
    expect(tags).toHaveLength(Object.keys(members.metadata ?? {}).length);
    const byTag = (await gateway.admin('GET', '/admin/usage?group_by=tag')).body.data as {
      tag: string;
      requests: number;
    }[];
    for (const tag of tags) expect(byTag).toContainEqual(expect.objectContaining({ tag }));
    expect((await gateway.admin('GET', '/admin/ledger/verify')).body).toMatchObject({ ok: true });
    const ready = await fetch(`${gateway.url}/health/ready`);
    expect(await ready.json()).toMatchObject({ ledger: 'ok' });
  });

  it('causes no unexpected failure in the log', () => {
    expect(gateway.output).not.toContain('unexpected failure');
  });
});

/** Metadata with a number of texts of a length, with random characters from a range that starts at `first`. */
function metadataOf(pairs: number, length: number, characters: number, first: number): Record<string, string> {
  const character = () => String.fromCharCode(first + Math.floor(Math.random() * characters));
  const text = () => Array.from({ length }, character).join('');
  return Object.fromEntries(Array.from({ length: pairs }, (_, pair) => [`name ${pair}`, text()]));
}
