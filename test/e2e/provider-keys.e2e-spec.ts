import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { KeyedUpstream } from '../support/keyed-upstream';

const [ONE, TWO, THREE] = ['sk-key-one-0123456789', 'sk-key-two-0123456789', 'sk-key-three-0123456789'];
const [TEAMS, OPERATORS] = ['sk-of-the-team-0123456789', 'sk-of-the-operator-0123'];
const CONFIG = (baseUrl: string) => `
providers:
  yaml: { type: openai-compatible, base_url: '${baseUrl}', api_key: '${OPERATORS}' }
models:
  own: { deployments: [{ provider: yaml, model: m }] }
prices:
  m: { input_usd_per_mtok: '1', output_usd_per_mtok: '2' }
`;

/** Several keys share the calls of a provider, and teams may have keys of their own. */
describe('keys of providers', () => {
  let gateway: RunningGateway;
  let upstream: KeyedUpstream;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    upstream = await KeyedUpstream.start();
    const env = { PROVIDER_ALLOWED_NETWORKS: '127.0.0.0/8' };
    gateway = await startGateway({ env, configFile: CONFIG(upstream.baseUrl) });
    ({ key } = await gateway.createKey());
    const keys = [{ key: ONE }, { key: TWO }];
    const provider = { name: 'pool', type: 'mistral', base_url: upstream.baseUrl, keys };
    await gateway.admin('POST', '/admin/providers', provider);
    await gateway.admin('POST', '/admin/models', { name: 'pooled', deployments: [{ provider: 'pool', model: 'm' }] });
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });
  afterEach(() => upstream.rules.clear());

  const fresh = () => `key question ${(question += 1)}`;
  const ask = (model: string, of = key, text = fresh()) => gateway.chat(of, text, { model });
  const keysOf = async (provider: string) => (await gateway.admin('GET', `/admin/providers/${provider}`)).body.keys;
  /** The keys that so many calls use. */
  const used = async (calls: number, model = 'pooled', of = key) => {
    const before = upstream.keys.length;
    for (let call = 0; call < calls; call += 1) expect((await ask(model, of)).status).toBe(200);
    return new Set(upstream.keys.slice(before));
  };

  it('share the calls', async () => expect(await used(24)).toEqual(new Set([ONE, TWO])));

  it('are set aside where they are refused, with an alert; the others go on', async () => {
    upstream.rules.set(ONE, { status: 401, error: { code: 'invalid_api_key', message: 'Incorrect API key' } });
    await used(12);
    expect(upstream.keys.filter((each) => each === ONE).length).toBeGreaterThan(0);
    expect(await used(12)).toEqual(new Set([TWO]));
    const [one] = await keysOf('pool');
    expect(one.set_aside).toMatchObject({ reason: 'credential' });
    const alert = await eventually(async () => {
      const { data } = (await gateway.admin('GET', '/admin/alerts?kind=provider_auth_failed')).body;
      return data.find(({ data: each }: { data: { provider: string } }) => each.provider === 'pool');
    });
    expect(alert).toMatchObject({ severity: 'critical', team_id: null, data: { key: '…6789', code: 'upstream_auth' } });
  });

  it('are rotated while calls run: none fails', async () => {
    for (const each of [ONE, TWO, THREE]) upstream.rules.set(each, { delayMs: 150 });
    const [, two] = await keysOf('pool');
    const calls = Array.from({ length: 30 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 20));
      return (await ask('pooled')).status;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    const added = await gateway.admin('POST', '/admin/providers/pool/keys', {
      key: THREE,
      name: 'next',
      replaces: two.id,
    });
    expect([added.status, added.body.name]).toEqual([201, 'next']);
    // From now on the vendor refuses the old key.
    upstream.rules.set(TWO, { status: 401 });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
    expect((await keysOf('pool')).map(({ id }: { id: string }) => id)).not.toContain(two.id);
    expect(await used(6)).toEqual(new Set([THREE]));
    const { data } = (await gateway.admin('GET', '/admin/audit?action=provider_key.replaced')).body;
    expect(data[0]).toMatchObject({ subject: two.id, before: { hint: '…6789' }, after: { name: 'next' } });
  });

  it('are added and deleted, and refused with what is wrong', async () => {
    const keys = '/admin/providers/pool/keys';
    expect((await gateway.admin('POST', keys, { key: THREE })).body.error).toMatchObject({
      code: 'conflict',
      param: 'key',
    });
    expect((await gateway.admin('POST', keys, { key: ONE, fallback: true })).body.error.param).toBe('fallback');
    expect((await gateway.admin('POST', keys, { key: 'a b' })).body.error.param).toBe('key');
    expect((await gateway.admin('POST', keys, { key: 'x', replaces: 'nowhere' })).status).toBe(404);
    expect((await gateway.admin('POST', keys, { key: 'x', team_id: 'nowhere' })).status).toBe(404);
    expect((await gateway.admin('DELETE', `${keys}/nowhere`)).status).toBe(404);
    for (const { id } of await keysOf('pool')) await gateway.admin('DELETE', `${keys}/${id}`);
    expect((await gateway.admin('GET', '/admin/providers/pool')).body.problem).toContain('has no key');
    const { status, body } = await ask('pooled');
    expect([status, body.error.code]).toEqual([403, 'model_not_allowed']);
    await gateway.admin('POST', keys, { key: ONE });
    expect((await ask('pooled')).status).toBe(200);
  });

  describe('of a team', () => {
    const keys = '/admin/providers/yaml/keys';

    it('pay for that team’s calls alone, and reports tell them apart', async () => {
      const [team, other] = [await gateway.createKey(), await gateway.createKey()];
      const made = await gateway.admin('POST', keys, { key: TEAMS, team_id: team.teamId });
      expect([made.status, made.body.team_id]).toEqual([201, team.teamId]);
      expect(await used(3, 'own', team.key)).toEqual(new Set([TEAMS]));
      expect(await used(3, 'own', other.key)).toEqual(new Set([OPERATORS]));
      const rows = await eventually(async () => {
        const { data } = (await gateway.admin('GET', '/admin/requests?tag=gateway:own-key')).body;
        return data.length === 3 ? data : undefined;
      });
      for (const row of rows) expect(row).toMatchObject({ team_id: team.teamId, cost_usd: '0.000014' });
      const usage = await gateway.admin('GET', `/admin/usage?team_id=${team.teamId}&group_by=tag`);
      expect(usage.body.data).toMatchObject([{ tag: 'gateway:own-key', requests: 3, cost_usd: '0.000042' }]);
    });

    it('are tagged by the gateway alone', async () => {
      const forged = { 'x-gateway-tags': 'a, gateway:own-key' };
      const { status, body } = await gateway.chat(key, fresh(), { model: 'own' }, forged);
      expect([status, body.error.param]).toEqual([400, 'x-gateway-tags']);
      const metadata = await gateway.chat(key, fresh(), { model: 'own', metadata: { gateway: 'own-key' } });
      expect([metadata.status, metadata.body.error.param]).toEqual([400, 'metadata']);
    });

    it('that are limited rest for no other team, and fail without a fallback', async () => {
      const [team, other] = [await gateway.createKey(), await gateway.createKey()];
      const own = `${TEAMS}-limited`;
      const made = await gateway.admin('POST', keys, { key: own, team_id: team.teamId });
      upstream.rules.set(own, { status: 429, headers: { 'retry-after': '120' } });
      expect((await ask('own', team.key)).status).toBe(429);
      expect(await used(3, 'own', other.key)).toEqual(new Set([OPERATORS]));
      const fallback = { key: `${own}-2`, team_id: team.teamId, fallback: true, replaces: made.body.id };
      upstream.rules.set(`${own}-2`, { status: 401 });
      expect((await gateway.admin('POST', keys, fallback)).status).toBe(201);
      expect((await ask('own', team.key)).status).toBe(200);
      expect(upstream.keys.slice(-2)).toEqual([`${own}-2`, OPERATORS]);
    });

    it('keep answers out of shared caches, both ways', async () => {
      const [team, other] = [await gateway.createKey(), await gateway.createKey()];
      const share = { name: `share ${Date.now()}`, team_ids: [team.teamId, other.teamId] };
      expect((await gateway.admin('POST', '/admin/cache/shares', share)).status).toBe(201);
      const [before, after] = [fresh(), fresh()];
      await ask('own', other.key, before);
      expect((await ask('own', team.key, before)).headers.get('x-cache-status')).toBe('HIT');
      await gateway.admin('POST', keys, { key: `${TEAMS}-shared`, team_id: team.teamId });
      expect((await ask('own', team.key, after)).headers.get('x-cache-status')).toBe('MISS');
      expect((await ask('own', team.key, after)).headers.get('x-cache-status')).toBe('HIT');
      expect((await ask('own', other.key, after)).headers.get('x-cache-status')).toBe('MISS');
      expect(upstream.keys.slice(-2)).toEqual([`${TEAMS}-shared`, OPERATORS]);
    });
  });
});
