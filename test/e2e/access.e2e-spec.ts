import { EventReader } from '../support/event-reader';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

interface Operation {
  'x-gateway-permission'?: string;
}

/** What belongs to another team: no key of ours may see or change it. */
interface Foreign {
  team: string;
  key: string;
  teamBudget: string;
  keyBudget: string;
  batch: string;
  request: string;
}

const READS = /:(read|verify)$/;
const ROLES = ['auditor', 'team_admin', 'member'] as const;
type Role = (typeof ROLES)[number];
/** Permissions of a role; the auditor has all that read. */
const HAS: Record<Exclude<Role, 'auditor'>, readonly string[]> = {
  team_admin: [
    'usage:read,savings:read,requests:read,teams:read,keys:read,keys:write,budgets:read,budgets:write,credits:read',
    'cache:read,cache:invalidate,alerts:read,alerts:write,audit:read,settings:read,self:read,self:write',
    'playground:use,batches:read,batches:write,events:read',
  ].flatMap((names) => names.split(',')),
  member: [
    'usage:read,savings:read,requests:read,teams:read,budgets:read,cache:read,settings:read,self:read,self:write',
    'playground:use,batches:read,batches:write,events:read',
  ].flatMap((names) => names.split(',')),
};

const oneOf = (statuses: number[]) => expect.stringMatching(new RegExp(`^(${statuses.join('|')})$`)) as string;

/** Every route under `/admin` with every role, as the OpenAPI document lists them: a new route is in it by itself. */
describe('a role', () => {
  let gateway: RunningGateway;
  let keys: Record<Role, string>;
  let own: { team: string; teamAdmin: string; memberId: string };
  let foreign: Foreign;
  let cookie: string;
  let routes: { method: string; path: string; permission: string }[];

  const has = (role: Role, permission: string) =>
    role === 'auditor' ? READS.test(permission) || permission.startsWith('self:') : HAS[role].includes(permission);
  const budgetOf = async (owner: object): Promise<string> =>
    (await gateway.admin('POST', '/admin/budgets', { ...owner, limit_usd: '5', window: 'month' })).body.id;
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  /** A stream has no end: what it begins with is enough. */
  const opened = async (path: string, headers: Record<string, string>) => {
    const { status, close } = await EventReader.open(gateway.url + path, headers);
    close();
    return { status, body: {} as any };
  };
  /** Members are signed in: their key alone is for `/v1`. */
  const as = (role: Role, method: string, path: string, body?: unknown) => {
    const sent = method === 'GET' ? undefined : body;
    if (path.startsWith('/admin/events')) return opened(path, role === 'member' ? { cookie } : bearer(keys[role]));
    return role === 'member'
      ? gateway.request(method, path, undefined, sent, { cookie })
      : gateway.request(method, path, keys[role], sent);
  };

  beforeAll(async () => {
    gateway = await startGateway();
    const mine = await gateway.createKey({ role: 'team_admin', name: 'our admin' });
    const member = await gateway.createKey({ role: 'member', name: 'our member', teamId: mine.teamId });
    const auditor = await gateway.createKey({ role: 'auditor', name: 'the auditor' });
    keys = { auditor: auditor.key, team_admin: mine.key, member: member.key };
    own = { team: mine.teamId, teamAdmin: mine.keyId, memberId: member.keyId };
    const signIn = await gateway.request('POST', '/auth/session', undefined, { key: member.key });
    cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const theirs = await gateway.createKey({ name: 'foreign key' });
    foreign = {
      team: theirs.teamId,
      key: theirs.keyId,
      teamBudget: await budgetOf({ team_id: theirs.teamId }),
      keyBudget: await budgetOf({ key_id: theirs.keyId }),
      batch: '',
      request: '',
    };
    const call = await gateway.chat(theirs.key, 'a question of another team', {}, { 'x-gateway-tags': 'foreign-tag' });
    foreign.request = call.headers.get('x-request-id') ?? '';
    const line = { body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'in a batch of another team' }] } };
    const batch = await gateway.request('POST', '/v1/batches', theirs.key, { requests: [{ custom_id: 'a', ...line }] });
    foreign.batch = batch.body.id;
    await eventually(async () => {
      const { body } = await gateway.admin('GET', `/admin/batches/${foreign.batch}`);
      return body.status === 'completed';
    });
    await gateway.chat(mine.key, 'a question of our admin');
    await gateway.chat(member.key, 'a question of our member');
    const { body } = await gateway.request('GET', '/docs-json', '');
    routes = Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(() => path.startsWith('/admin/'))
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          permission: operation['x-gateway-permission'] ?? 'none',
        })),
    );
  });
  afterAll(() => gateway.stop());

  /** A path to what belongs to the other team. */
  const addressed = (path: string, budget: string) =>
    path
      .replace('/teams/{id}', `/teams/${foreign.team}`)
      .replace('/keys/{id}', `/keys/${foreign.key}`)
      .replace('/budgets/{id}', `/budgets/${budget}`)
      .replace('/batches/{id}', `/batches/${foreign.batch}`)
      .replace('/{request_id}', `/${foreign.request}`)
      .replace('{content}', 'input')
      .replace(/^\/admin\/(files|events|playground\/.*)$/, `$&?team_id=${foreign.team}`)
      .replace('{month}', '2026-11')
      .replace(/\{\w+\}/g, 'gpt-4.1');

  it('is asked for by every route under /admin', () => {
    expect(routes.length).toBeGreaterThan(55);
    expect(routes.filter(({ permission }) => permission === 'none' || permission === 'api:use')).toEqual([]);
  });

  it.each(ROLES)('%s gets a 403 on every route whose permission it lacks', async (role) => {
    for (const { method, path, permission } of routes.filter((route) => !has(role, route.permission))) {
      const { status } = await as(role, method, addressed(path, foreign.keyBudget), {});
      expect({ method, path, permission, status }).toEqual({ method, path, permission, status: 403 });
    }
  });

  it('member has nothing under /admin with a key alone', async () => {
    for (const { method, path } of routes) {
      const { status } = await gateway.request(method, addressed(path, foreign.keyBudget), keys.member);
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  it('auditor reads everything', async () => {
    for (const { method, path } of routes.filter(({ permission }) => READS.test(permission))) {
      const { status } = await as('auditor', method, addressed(path, foreign.teamBudget));
      expect({ path, refused: status === 401 || status === 403 }).toEqual({ path, refused: false });
    }
  });

  it.each(['team_admin', 'member'] as const)('%s sees and changes nothing of another team', async (role) => {
    const state = async () => {
      const paths = [
        `/admin/teams/${foreign.team}`,
        `/admin/teams/${foreign.team}/keys`,
        `/admin/teams/${foreign.team}/credits`,
        `/admin/budgets?team_id=${foreign.team}`,
        `/admin/cache/stats?team_id=${foreign.team}`,
      ];
      const shown = await Promise.all(paths.map(async (path) => (await gateway.admin('GET', path)).body));
      // A forecast moves with the clock.
      return JSON.stringify(shown).replace(/"forecast_\w+":"[\d.]+",/g, '');
    };
    const before = await state();
    for (const { method, path } of routes.filter((route) => has(role, route.permission)))
      for (const budget of [foreign.teamBudget, foreign.keyBudget]) {
        const target = addressed(path, budget);
        const sent = { name: 'taken', team_id: foreign.team, limit_usd: '1' };
        const { status, body } = await as(role, method, path.endsWith('/roi') ? `${path}?month=2026-11` : target, sent);
        const text = JSON.stringify(body);
        const seen = status === 200 ? Object.values(foreign).filter((id) => text.includes(id)) : [];
        const addressesForeign = target !== path;
        expect({ method, target, status, seen }).toMatchObject({ seen: [] });
        if (addressesForeign || method !== 'GET')
          expect({ method, target, status: `${status}` }).toMatchObject({ status: oneOf([400, 403, 404]) });
        else expect({ target, status: `${status}` }).toEqual({ target, status: oneOf([200, 403]) });
      }
    expect(await state()).toEqual(before);
  });

  it.each(['team_id', 'key_id', 'team', 'key', 'tag'])('sees no other team by the filter %s', async (filter) => {
    const value = { team_id: foreign.team, team: foreign.team, tag: 'foreign-tag' }[filter] ?? foreign.key;
    for (const path of ['/admin/usage', '/admin/requests', '/admin/savings', '/admin/cache/stats', '/admin/budgets']) {
      const { status, body } = await as('team_admin', 'GET', `${path}?${filter}=${value}`);
      if (status === 200)
        expect({ path, requests: body.total?.requests ?? body.data?.length ?? 0 }).toEqual({ path, requests: 0 });
      else expect({ path, status: `${status}` }).toEqual({ path, status: oneOf([400, 404]) });
    }
  });

  it('team_admin has the calls of the team, member those of the own key', async () => {
    await eventually(async () => (await gateway.allRows()).length >= 3);
    const keysIn = async (role: Role) => {
      const { body } = await as(role, 'GET', '/admin/requests');
      return [...new Set((body.data as { key_id: string }[]).map(({ key_id }) => key_id))].toSorted();
    };
    expect(await keysIn('team_admin')).toEqual([own.memberId, own.teamAdmin].toSorted());
    expect(await keysIn('member')).toEqual([own.memberId]);
    const { body } = await as('member', 'GET', '/admin/usage?group_by=team');
    expect(body.data.map(({ team }: { team: string }) => team)).toEqual([own.team]);
  });

  it('team_admin manages keys and their budgets, and gives no role above team admin', async () => {
    const path = `/admin/teams/${own.team}/keys`;
    const { status, body: key } = await as('team_admin', 'POST', path, { name: 'of the team', rpm_limit: 10 });
    expect(status).toBe(201);
    for (const role of ['platform_admin', 'admin', 'auditor'])
      expect((await as('team_admin', 'POST', path, { name: 'more', role })).status).toBe(403);
    const budget = await as('team_admin', 'POST', '/admin/budgets', { key_id: key.id, limit_usd: '1', window: 'day' });
    expect(budget.status).toBe(201);
    const ofTeam = await budgetOf({ team_id: own.team });
    expect((await as('team_admin', 'GET', `/admin/budgets/${ofTeam}`)).status).toBe(200);
    expect((await as('team_admin', 'PATCH', `/admin/budgets/${ofTeam}`, { limit_usd: '100' })).status).toBe(403);
    expect((await as('team_admin', 'DELETE', `/admin/budgets/${budget.body.id}`)).status).toBe(200);
    expect((await as('team_admin', 'DELETE', `/admin/keys/${key.id}`)).status).toBe(200);
  });

  it('team_admin finds keys of the team by their names, and none of others', async () => {
    const found = async (role: Role | 'admin', name: string) => {
      const path = `/admin/keys?name=${encodeURIComponent(name)}`;
      const { body } = role === 'admin' ? await gateway.admin('GET', path) : await as(role, 'GET', path);
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    const { keyId: ofTeam } = await gateway.createKey({ name: '검색 Nightly_1', teamId: own.team });
    const { keyId: ofOthers } = await gateway.createKey({ name: '검색 nightly_1 of others' });
    expect(await found('team_admin', 'NIGHTLY_')).toEqual([ofTeam]);
    expect(await found('admin', 'nightly_')).toEqual([ofTeam, ofOthers]);
    expect(await found('auditor', '검색'.normalize('NFD'))).toEqual([ofTeam, ofOthers]);
    // Neither `%` nor `_` is a wildcard.
    expect(await found('admin', 'nightly%')).toEqual([]);
    expect(await found('admin', 'nightl__1')).toEqual([]);
    await gateway.admin('DELETE', `/admin/keys/${ofTeam}`);
    expect(await found('team_admin', 'nightly')).toEqual([]);
  });

  it('team_admin cannot take over the key of an administrator in the team', async () => {
    const { keyId } = await gateway.createKey({ role: 'platform_admin', name: 'above', teamId: own.team });
    expect((await as('team_admin', 'POST', `/admin/keys/${keyId}/rotate`, {})).status).toBe(403);
    expect((await as('team_admin', 'DELETE', `/admin/keys/${keyId}`)).status).toBe(403);
    expect((await as('team_admin', 'PATCH', `/admin/keys/${keyId}`, { name: 'x' })).status).toBe(403);
  });

  it('team_admin invalidates responses of the team, and must name it', async () => {
    const send = (body: object) => as('team_admin', 'POST', '/admin/cache/invalidate', body);
    expect((await send({ model: 'gpt-4.1' })).body.error).toMatchObject({ param: 'team_id', code: 'invalid_request' });
    expect((await send({ all: true })).status).toBe(400);
    expect((await send({ all: true, team_id: own.team })).status).toBe(400);
    expect((await send({ model: 'gpt-4.1', replaced_by: 'x', team_id: own.team })).status).toBe(400);
    expect((await send({ model: 'gpt-4.1', team_id: foreign.team })).status).toBe(404);
    expect((await send({ model: 'gpt-4.1', team_id: own.team })).status).toBe(200);
  });
});
