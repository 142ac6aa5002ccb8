import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';
import { seeded } from '../support/seeded';

const SHARED_CALLS = Number(process.env.SHARED_CALLS ?? 600);
const SEED = Number(process.env.SEED ?? 20_261_123);

/** Two teams share their stored responses, a third does not. */
describe('a cache share', () => {
  let gateway: RunningGateway;
  let sdk: ThriftgateClient;
  let question = 0;

  beforeAll(async () => {
    gateway = await startGateway();
    sdk = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey });
  });
  afterEach(async () => {
    for (const { id } of (await sdk.admin.cache.shares.list()).data) await sdk.admin.cache.shares.delete(id);
  });
  afterAll(() => gateway.stop());

  const fresh = () => `shared ${(question += 1)}`;
  const teams = (count: number) => Promise.all(Array.from({ length: count }, () => gateway.createKey()));
  const status = async (key: string, text: string, members: Record<string, unknown> = {}) =>
    (await gateway.chat(key, text, members)).headers.get('x-cache-status');
  const upstreamCalls = (text: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body).includes(`${text}"`)).length;
  const share = (members: { teamId: string }[], more: { models?: string[] } = {}) =>
    sdk.admin.cache.shares.create({ name: fresh(), team_ids: members.map(({ teamId }) => teamId), ...more });

  it('gives each team the responses of the other, and a third team none', async () => {
    const [one, other, third] = await teams(3);
    const before = fresh();
    await status(one!.key, before);
    const { id } = await share([one!, other!]);
    expect(id).toMatch(/^share_/);
    const [first, second] = [fresh(), fresh()];
    const asked = await gateway.chat(one!.key, first);
    expect(asked.headers.get('x-cache-key')).toMatch(new RegExp(`^ai_cache:${id}:gpt-4.1:1:[0-9a-f]{64}$`));
    expect([await status(third!.key, first), await status(other!.key, first)]).toEqual(['MISS', 'HIT']);
    expect([await status(other!.key, second), await status(one!.key, second)]).toEqual(['MISS', 'HIT']);
    expect(await status(third!.key, second)).toBe('MISS');
    // Responses from before the share are not shared.
    expect(await status(other!.key, before)).toBe('MISS');
  });

  it('counts savings for the calling team, and invalidates responses by the paying team', async () => {
    const [one, other] = await teams(2);
    await share([one!, other!]);
    const text = fresh();
    await status(one!.key, text);
    const hit = await gateway.chat(other!.key, text);
    expect([hit.headers.get('x-gateway-cost-usd'), hit.headers.get('x-gateway-saved-usd')]).toEqual(['0', usd(28)]);
    const rows = await eventually(async () => {
      const { data } = await sdk.admin.requests.list({ team_id: other!.teamId });
      return data.length > 0 ? data : undefined;
    });
    expect(rows).toMatchObject([{ cache_status: 'HIT', saved_usd: usd(28), cost_usd: '0' }]);
    const invalidate = (teamId: string) => sdk.admin.cache.invalidate({ team_id: teamId });
    expect(await invalidate(other!.teamId)).toMatchObject({ invalidated_keys: 0 });
    expect(await invalidate(one!.teamId)).toMatchObject({ invalidated_keys: 1 });
    expect(await status(other!.key, text)).toBe('MISS');
  });

  it('makes one upstream call for equal calls of its teams at the same time', async () => {
    const [one, other, third] = await teams(3);
    await share([one!, other!]);
    const text = `[[delay=400]] ${fresh()}`;
    const answers = await Promise.all([one!, other!, one!, other!].map(({ key }) => status(key, text)));
    expect(answers.toSorted()).toEqual(['COALESCED', 'COALESCED', 'COALESCED', 'MISS']);
    expect(upstreamCalls(text)).toBe(1);
    expect(await status(third!.key, text)).toBe('MISS');
  });

  it('applies to the models in its list', async () => {
    const [one, other] = await teams(2);
    await share([one!, other!], { models: ['gpt-4.1-mini'] });
    const text = fresh();
    for (const model of ['gpt-4.1-mini', 'gpt-4.1']) await status(one!.key, text, { model });
    expect(await status(other!.key, text, { model: 'gpt-4.1-mini' })).toBe('HIT');
    expect(await status(other!.key, text, { model: 'gpt-4.1' })).toBe('MISS');
  });

  it('ends in both directions for a team that leaves, and gives a team that joins the existing responses', async () => {
    const [one, other, late] = await teams(3);
    const { id } = await share([one!, other!]);
    const [early, gone, kept] = [fresh(), fresh(), fresh()];
    await status(one!.key, early);
    await sdk.admin.cache.shares.update(id, { team_ids: [other!.teamId, late!.teamId] });
    expect(await status(late!.key, early)).toBe('HIT');
    expect(await status(one!.key, early)).toBe('MISS');
    await status(one!.key, gone);
    expect(await status(other!.key, gone)).toBe('MISS');
    await status(other!.key, kept);
    expect(await status(one!.key, kept)).toBe('MISS');
    await sdk.admin.cache.shares.delete(id);
    expect([await status(late!.key, kept), await status(other!.key, kept)]).toEqual(['MISS', 'MISS']);
  });

  it('does not store a response that arrives after the team has left, although the call began before', async () => {
    const [one, other] = await teams(2);
    const { id } = await share([one!, other!]);
    const text = `[[delay=2000]] ${fresh()}`;
    const leaving = gateway.chat(one!.key, text);
    await eventually(() => upstreamCalls(text) === 1);
    await sdk.admin.cache.shares.update(id, { team_ids: [other!.teamId] });
    // A later call does not join its flight.
    const meanwhile = status(other!.key, text, { cache: { 'no-store': true } });
    expect((await leaving).headers.get('x-cache-status')).toBe('MISS');
    expect(await meanwhile).toBe('MISS');
    const equal = `[[delay=2000]] ${fresh()}`;
    await sdk.admin.cache.shares.update(id, { team_ids: [one!.teamId, other!.teamId] });
    const again = gateway.chat(one!.key, equal);
    await eventually(() => upstreamCalls(equal) === 1);
    await sdk.admin.cache.shares.update(id, { team_ids: [other!.teamId] });
    const answers = await Promise.all([
      again.then(({ headers }) => headers.get('x-cache-status')),
      status(other!.key, equal),
    ]);
    expect(answers).toEqual(['MISS', 'MISS']);
    expect([upstreamCalls(text), upstreamCalls(equal)]).toEqual([2, 2]);
    expect(await status(other!.key, text)).toBe('MISS');
  });

  it('excludes keys and models that may not share', async () => {
    const [one, other] = await teams(2);
    const alone = await gateway.createKey({ teamId: one!.teamId, cache: { shared: false } });
    await share([one!, other!]);
    const text = fresh();
    await status(other!.key, text);
    expect(await status(alone.key, text)).toBe('MISS');
    expect(await status(one!.key, text)).toBe('HIT');
    const own = fresh();
    await status(alone.key, own);
    expect([await status(other!.key, own), await status(alone.key, own)]).toEqual(['MISS', 'HIT']);
    await sdk.admin.keys.update(alone.keyId, { cache: null });
    expect(await status(alone.key, text)).toBe('HIT');

    await sdk.admin.models.update('gpt-4o', { cache: { shared: false } });
    const secret = fresh();
    await status(one!.key, secret, { model: 'gpt-4o' });
    expect(await status(other!.key, secret, { model: 'gpt-4o' })).toBe('MISS');
    expect(await status(one!.key, secret, { model: 'gpt-4o' })).toBe('HIT');
    await sdk.admin.models.delete('gpt-4o');
  });

  it('can include the whole organisation, with later teams', async () => {
    const [one] = await teams(1);
    const { id, ...everybody } = await sdk.admin.cache.shares.create({ name: 'everybody', all: true });
    expect(everybody).toMatchObject({ all: true, team_ids: [], models: null });
    const text = fresh();
    await status(one!.key, text);
    const [later] = await teams(1);
    expect(await status(later!.key, text)).toBe('HIT');
    const narrowed = await sdk.admin.cache.shares.update(id, { team_ids: [one!.teamId] });
    expect(narrowed).toMatchObject({ id, all: false, team_ids: [one!.teamId] });
    expect([await status(later!.key, text), await status(one!.key, text)]).toEqual(['MISS', 'HIT']);
    expect(await sdk.admin.cache.shares.update(id, { all: true })).toMatchObject({ all: true, team_ids: [] });
    expect(await status(later!.key, text)).toBe('HIT');
  });

  it('persists over a restart, is listed, and loses deleted teams', async () => {
    const [one, other, third] = await teams(3);
    const made = await share([one!, other!, third!]);
    await gateway.admin('DELETE', `/admin/teams/${third!.teamId}?force=true`);
    await gateway.restart();
    const text = fresh();
    await status(one!.key, text);
    expect(await status(other!.key, text)).toBe('HIT');
    const left = { ...made, team_ids: [one!.teamId, other!.teamId].toSorted() };
    expect(await sdk.admin.cache.shares.list()).toEqual({ data: [left] });
    expect(await sdk.admin.cache.shares.retrieve(made.id)).toEqual(left);
    expect((await sdk.admin.cache.shares.update(made.id, { name: 'renamed' })).team_ids).toEqual(left.team_ids);
    expect(await status(other!.key, text)).toBe('HIT');
  });

  it('refuses a team that is already in a share of the model, and names that share', async () => {
    const [one, other, third] = await teams(3);
    const first = await share([one!, other!], { models: ['gpt-4.1'] });
    const refused = async (method: string, path: string, body: object) => {
      const { status: code, body: answer } = await gateway.admin(method, `/admin/cache/shares${path}`, body);
      return [code, answer.error.param, answer.error.message];
    };
    const both = [other!.teamId, third!.teamId];
    expect(await refused('POST', '', { name: 'b', team_ids: both })).toEqual([
      400,
      'team_ids',
      `The team '${other!.teamId}' shares the responses of "gpt-4.1" already, in '${first.name}' (${first.id}). A team is in one share for each model.`,
    ]);
    expect((await refused('POST', '', { name: 'b', all: true }))[0]).toBe(400);
    const second = await share([other!, third!], { models: ['gpt-4o'] });
    expect((await refused('PATCH', `/${second.id}`, { models: null }))[0]).toBe(400);
    expect((await refused('PATCH', `/${second.id}`, { models: ['gpt-4o', 'gpt-4.1'] }))[0]).toBe(400);
    expect((await refused('PATCH', `/${second.id}`, { name: first.name })).slice(0, 2)).toEqual([409, 'name']);
    expect((await sdk.admin.cache.shares.retrieve(second.id)).models).toEqual(['gpt-4o']);
    expect((await refused('PATCH', '/share_nobody', { name: 'x' }))[0]).toBe(404);
    expect((await refused('DELETE', '/share_nobody', {}))[0]).toBe(404);
  });

  it.each([
    [{}, 'name'],
    [{ name: 'x' }, 'team_ids'],
    [{ name: 'x', team_ids: [] }, 'team_ids'],
    [{ name: 'x', team_ids: ['team_nobody'] }, 'team_ids.0'],
    [{ name: 'x', team_ids: ['team_platform'], all: true }, 'team_ids'],
    [{ name: 'x', all: false }, 'all'],
    [{ name: 'x', all: true, models: ['gpt-9000'] }, 'models.0'],
    [{ name: 'x', all: true, scope: 'org' }, 'scope'],
  ])('refuses %j and names %s', async (body, param) => {
    const { status: code, body: answer } = await gateway.admin('POST', '/admin/cache/shares', body);
    expect([code, answer.error.param]).toEqual([400, param]);
  });

  it('is managed by administrators, audited, and documented with examples', async () => {
    const [one] = await teams(1);
    expect((await gateway.request('GET', '/admin/cache/shares', one!.key)).status).toBe(403);
    const { id } = await share([one!]);
    await sdk.admin.cache.shares.update(id, { all: true });
    await sdk.admin.cache.shares.delete(id);
    const { data } = await sdk.admin.audit.list({ subject: id });
    expect(data.map(({ action, actor, details }) => [action, actor, details.all ?? details.team_ids])).toEqual([
      ['cache_share.deleted', 'admin', true],
      ['cache_share.updated', 'admin', true],
      ['cache_share.created', 'admin', [one!.teamId]],
    ]);
  });

  it(
    'never gives a team a response from outside its share, through any changes',
    async () => {
      const members = await teams(6);
      const models = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'];
      const random = seeded(SEED);
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
      const some = <T>(all: readonly T[]): T[] => all.filter(() => random() < 0.5);
      const shares = new Map<string, { teamIds: string[]; models: string[] }>();
      const stored = new Set<string>();
      const run = fresh();
      const wrong: unknown[] = [];
      let hits = 0;
      for (let call = 0; call < SHARED_CALLS; call += 1) {
        if (random() < 0.06) {
          const [old] = [...shares.keys()];
          if (old !== undefined && random() < 0.5) {
            await sdk.admin.cache.shares.delete(old);
            shares.delete(old);
          } else {
            const free = members.filter(
              ({ teamId }) => ![...shares.values()].some(({ teamIds }) => teamIds.includes(teamId)),
            );
            const joining = some(free).map(({ teamId }) => teamId);
            if (joining.length > 0) {
              const its = some(models);
              const named = its.length === 0 ? models : its;
              const { id } = await sdk.admin.cache.shares.create({ name: fresh(), team_ids: joining, models: named });
              shares.set(id, { teamIds: joining, models: named });
            }
          }
        }
        const { key, teamId } = pick(members);
        const model = pick(models);
        const text = `${run}: ${Math.floor(random() * 5)}`;
        const [scope = teamId] =
          [...shares].find(([, each]) => each.teamIds.includes(teamId) && each.models.includes(model)) ?? [];
        const place = `${scope} ${model} ${text}`;
        const seen = await status(key, text, { model });
        const due = stored.has(place) ? 'HIT' : 'MISS';
        if (seen !== due) wrong.push({ call, place, seen, due });
        if (seen === 'HIT') hits += 1;
        stored.add(place);
      }
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(hits).toBeGreaterThan(SHARED_CALLS / 10);
    },
    30_000 + SHARED_CALLS * 50,
  );
});
