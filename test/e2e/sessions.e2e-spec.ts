import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** People sign in with a key and get a cookie; no page holds the key. */
describe('a session', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    fetch(gateway.url + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const signIn = async (key: string) => {
    const response = await send('POST', '/auth/session', {}, { key });
    expect({ status: response.status }).toEqual({ status: 200 });
    const [header = ''] = response.headers.getSetCookie();
    expect(header).toMatch(/^tg_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    return { cookie: header.split(';')[0] ?? '', session: (await response.json()) as { id: string; key_id: string } };
  };

  it('has the rights of its key under /admin, and counts nowhere else', async () => {
    const { key, keyId, teamId } = await gateway.createKey({ role: 'team_admin' });
    const { cookie, session } = await signIn(key);
    expect(session).toMatchObject({ id: expect.stringMatching(/^session_/), key_id: keyId });
    const teams = await send('GET', '/admin/teams', { cookie });
    expect(await teams.json()).toMatchObject({ data: [{ id: teamId }] });
    expect(teams.headers.get('cache-control')).toBe('no-store');
    expect((await send('GET', '/admin/models', { cookie })).status).toBe(403);
    const call = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };
    expect((await send('POST', '/v1/chat/completions', { cookie }, call)).status).toBe(401);
    expect((await send('GET', '/v1/key', { cookie })).status).toBe(401);
    const member = await gateway.createKey();
    expect((await send('GET', '/admin/keys/x', { cookie, authorization: `Bearer ${member.key}` })).status).toBe(403);
  });

  it('ends with its key, by sign-out, and by an administrator', async () => {
    const works = async (cookie: string) => (await send('GET', '/admin/usage', { cookie })).status;
    const { key, keyId } = await gateway.createKey();
    const [first, second, third] = [await signIn(key), await signIn(key), await signIn(key)];
    expect(await works(first.cookie)).toBe(200);

    const out = await send('DELETE', '/auth/session', { cookie: first.cookie });
    expect(out.headers.getSetCookie()[0]).toMatch(/^tg_session=; Max-Age=0;/);
    expect(await works(first.cookie)).toBe(401);
    expect((await send('DELETE', '/auth/session', { authorization: `Bearer ${key}` })).status).toBe(403);

    const listed = await gateway.admin('GET', '/admin/sessions');
    const ids = listed.body.data.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining([second.session.id, third.session.id]));
    expect(ids).not.toContain(first.session.id);
    expect((await gateway.admin('DELETE', `/admin/sessions/${second.session.id}`)).status).toBe(200);
    expect((await gateway.admin('DELETE', `/admin/sessions/${second.session.id}`)).status).toBe(404);
    expect([await works(second.cookie), await works(third.cookie)]).toEqual([401, 200]);

    await gateway.admin('DELETE', `/admin/keys/${keyId}`);
    expect(await works(third.cookie)).toBe(401);
    const { body } = await gateway.admin('GET', `/admin/audit?subject=${keyId}`);
    const actions = body.data.map(({ action }: { action: string }) => action);
    expect(actions.filter((action: string) => action.startsWith('session.'))).toHaveLength(5);
    expect(JSON.stringify(body)).not.toContain(key);
  });

  it('of the administrator’s key is recorded as admin', async () => {
    const { cookie, session } = await signIn(gateway.adminKey);
    expect(session.key_id).toBe('admin');
    const made = await send('POST', '/admin/teams', { cookie }, { name: 'made with a session' });
    expect(made.status).toBe(201);
    const { body } = await gateway.admin('GET', '/admin/audit?action=team.created&limit=1');
    expect(body.data[0]).toMatchObject({ actor: 'admin' });
  });

  it('changes nothing for a page of another site', async () => {
    const { cookie } = await signIn(gateway.adminKey);
    const attempts: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: gateway.url },
      { 'content-type': 'text/plain' },
    ];
    for (const headers of attempts)
      for (const [method, path] of [
        ['POST', '/admin/teams'],
        ['POST', '/admin/cache/invalidate'],
        ['DELETE', '/auth/session'],
      ] as const) {
        const { status } = await send(method, path, { cookie, ...headers }, { name: 'forged', all: true });
        expect({ headers, path, refused: status === 403 || status === 415 }).toEqual({ headers, path, refused: true });
      }
    const forged = { origin: 'https://evil.example' };
    expect((await send('POST', '/auth/session', forged, { key: gateway.adminKey })).status).toBe(403);
    expect((await send('GET', '/admin/teams', { cookie })).status).toBe(200);
    expect(JSON.stringify((await gateway.admin('GET', '/admin/teams')).body)).not.toContain('forged');
  });

  it('is refused with what is wrong', async () => {
    expect((await send('POST', '/auth/session', {}, {})).status).toBe(400);
    expect((await send('POST', '/auth/session', {}, { key: 'x'.repeat(5000) })).status).toBe(413);
    expect((await send('GET', '/admin/teams', { cookie: 'tg_session=x' })).status).toBe(401);
    expect((await send('GET', '/admin/teams', { cookie: `tg_session=${'a'.repeat(43)}` })).status).toBe(401);
  });

  it('is not found by trying keys', async () => {
    const attempt = async () => (await send('POST', '/auth/session', {}, { key: 'sk-tg-a guess' })).status;
    const statuses: number[] = [];
    await eventually(async () => {
      statuses.push(await attempt());
      return statuses.at(-1) === 429;
    });
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    const blocked = await send('POST', '/auth/session', {}, { key: gateway.adminKey });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    // Programs with a key go on.
    expect((await gateway.admin('GET', '/admin/teams')).status).toBe(200);
  });
});
