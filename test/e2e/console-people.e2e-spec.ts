import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** People in the console: what they spend, see and change with a session, and what a page of another site cannot. */
describe('people in the console', () => {
  let gateway: RunningGateway;
  let member: { key: string; keyId: string; teamId: string };
  let colleague: { key: string; keyId: string };
  let stranger: { key: string; keyId: string; teamId: string };
  let cookie: string;

  beforeAll(async () => {
    gateway = await startGateway();
    member = await gateway.createKey();
    colleague = await gateway.createKey({ teamId: member.teamId });
    stranger = await gateway.createKey();
    cookie = await signIn(member.key);
  });
  afterAll(() => gateway.stop());

  const CHAT = '/admin/playground/chat/completions';
  const signIn = async (key: string) => {
    const { headers } = await gateway.request('POST', '/auth/session', undefined, { key });
    return headers.getSetCookie()[0]?.split(';')[0] ?? '';
  };
  const ask = (content: string, members: object = {}) => ({
    model: 'gpt-4.1',
    messages: [{ role: 'user', content }],
    ...members,
  });
  const as = (session: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    gateway.request(method, path, undefined, body, { cookie: session, ...headers });
  const rowsOf = async (query: string) => (await gateway.admin('GET', `/admin/requests?${query}`)).body.data as any[];
  const managedIn = async (teamId: string) => {
    const { body } = await gateway.admin('GET', `/admin/teams/${teamId}/keys`);
    return body.data.filter(({ managed }: { managed: boolean }) => managed) as { id: string; created_by: string }[];
  };

  describe('in the playground', () => {
    it('a member pays with its own key, for its own team', async () => {
      const { status, headers } = await as(cookie, 'POST', CHAT, ask('Mine?'), { 'x-gateway-tags': 'trial' });
      expect([status, headers.get('x-cache-status')]).toEqual([200, 'MISS']);
      const [row] = await rowsOf(`request_id=${headers.get('x-request-id')}`);
      expect(row).toMatchObject({ key_id: member.keyId, team_id: member.teamId, tags: ['trial', 'playground'] });
      expect(await managedIn(member.teamId)).toEqual([]);
      for (const query of [`team_id=${stranger.teamId}`, `key_id=${colleague.keyId}`, `key_id=${stranger.keyId}`])
        for (const [method, path, body] of [
          ['POST', CHAT, ask('Theirs?')],
          ['GET', '/admin/playground/models', undefined],
        ] as const) {
          const refused = await as(cookie, method, `${path}?${query}`, body);
          expect({ query, path, status: refused.status }).toEqual({ query, path, status: 404 });
        }
      expect(await rowsOf(`key_id=${colleague.keyId}`)).toEqual([]);
      expect(await rowsOf(`team_id=${stranger.teamId}`)).toEqual([]);
    });

    it('a member has the models of its key', async () => {
      const { key } = await gateway.createKey({ models: ['gpt-4.1-mini'] });
      const session = await signIn(key);
      const { body } = await as(session, 'GET', '/admin/playground/models');
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['gpt-4.1-mini']);
      expect((await as(session, 'POST', CHAT, ask('Forbidden?'))).status).toBe(403);
    });

    it('an answer comes as a stream, with its headers, and a second time from the cache', async () => {
      for (const expected of ['MISS', 'HIT']) {
        const { headers, body } = await as(cookie, 'POST', CHAT, ask('Stream?', { stream: true }));
        expect([headers.get('content-type'), headers.get('x-cache-status')]).toEqual([
          expect.stringContaining('text/event-stream'),
          expected,
        ]);
        const lines = (body as string).trim().split('\n\n');
        expect(lines.length).toBeGreaterThan(2);
        expect(lines.at(-1)).toBe('data: [DONE]');
        expect(JSON.parse(lines[0]?.slice('data: '.length) ?? '')).toMatchObject({ object: 'chat.completion.chunk' });
        const [row] = await rowsOf(`request_id=${headers.get('x-request-id')}`);
        expect(row).toMatchObject({ stream: true, tags: ['playground'], cache_status: expected });
      }
    });

    it('a budget of the key, and one of the team for its console key, refuse a call', async () => {
      const budgeted = await gateway.createKey();
      const leader = await gateway.createKey({ teamId: budgeted.teamId, role: 'team_admin' });
      const budget = { limit_usd: '0.000001', window: 'month' };
      await gateway.admin('POST', '/admin/budgets', { ...budget, key_id: budgeted.keyId });
      const refused = await as(await signIn(budgeted.key), 'POST', CHAT, ask('Room?'));
      expect([refused.status, refused.body.error.code]).toEqual([402, 'budget_exceeded']);
      const session = await signIn(leader.key);
      expect((await as(session, 'POST', CHAT, ask('Room?'))).status).toBe(200);
      await gateway.admin('POST', '/admin/budgets', { ...budget, team_id: budgeted.teamId });
      const second = await as(session, 'POST', CHAT, ask('More room?'));
      expect([second.status, second.body.error.code]).toEqual([402, 'budget_exceeded']);
      expect(await rowsOf(`team_id=${budgeted.teamId}`)).toHaveLength(1);
    });

    it('a team has one console key, however many ask at once, and a new one after it is revoked', async () => {
      const { teamId } = await gateway.createKey();
      const call = () => gateway.admin('POST', `${CHAT}?team_id=${teamId}`, ask('First of all'));
      const answers = await Promise.all([call(), call(), call(), call()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      const [first, ...more] = await managedIn(teamId);
      expect(more).toEqual([]);
      await gateway.admin('DELETE', `/admin/keys/${first?.id}`);
      expect((await call()).status).toBe(200);
      const [second] = await managedIn(teamId);
      expect(second?.id).not.toBe(first?.id);
      const missing = await gateway.admin('POST', `${CHAT}?team_id=team_none`, ask('Whose?'));
      expect(missing.status).toBe(404);
    });

    it('an auditor spends nothing, neither with the key nor with a session', async () => {
      const auditor = await gateway.createKey({ role: 'auditor' });
      const session = await signIn(auditor.key);
      const ways: Record<string, string>[] = [{ authorization: `Bearer ${auditor.key}` }, { cookie: session }];
      for (const headers of ways)
        for (const teamId of [auditor.teamId, member.teamId])
          for (const [method, path] of [
            ['POST', CHAT],
            ['GET', '/admin/playground/models'],
            ['POST', '/admin/batches'],
            ['POST', '/admin/files'],
          ] as const) {
            const body = method === 'GET' ? undefined : ask('May I?', { team_id: teamId });
            const refused = await gateway.request(method, `${path}?team_id=${teamId}`, undefined, body, headers);
            expect({ path, status: refused.status }).toEqual({ path, status: 403 });
          }
      expect(await managedIn(auditor.teamId)).toEqual([]);
      expect(await rowsOf(`team_id=${auditor.teamId}`)).toEqual([]);
    });
  });

  describe('from another site', () => {
    const upload = (headers: Record<string, string>, path = `/admin/files?team_id=${member.teamId}`) => {
      const form = new FormData();
      const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: ask('From a file') };
      form.set('purpose', 'batch');
      form.set('file', new Blob([JSON.stringify(line)]), 'lines.jsonl');
      return fetch(gateway.url + path, { method: 'POST', headers: { cookie, ...headers }, body: form });
    };

    it('no call is made with the cookie', async () => {
      const before = await rowsOf(`key_id=${member.keyId}`);
      const forgeries: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site' },
        { origin: 'https://evil.example' },
        { 'content-type': 'text/plain' },
      ];
      for (const headers of forgeries) {
        const { status } = await as(cookie, 'POST', CHAT, ask('Forged'), headers);
        expect({ headers, status }).toEqual({ headers, status: 403 });
      }
      expect(await rowsOf(`key_id=${member.keyId}`)).toEqual(before);
    });

    it('no file is uploaded with the cookie, and by the console only with x-requested-with', async () => {
      expect((await upload({})).status).toBe(403);
      const own = { 'x-requested-with': 'console' };
      expect((await upload({ ...own, origin: 'https://evil.example' })).status).toBe(403);
      expect((await upload({ ...own, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
      expect((await upload(own, '/v1/files')).status).toBe(401);
      const made = await upload(own);
      expect(made.status).toBe(200);
      expect(await made.json()).toMatchObject({ object: 'file', filename: 'lines.jsonl' });
      expect((await upload(own, `/admin/files?team_id=${stranger.teamId}`)).status).toBe(404);
    });

    it('a file that was uploaded with a session is the input of a batch, which its own key pays', async () => {
      const { id: fileId } = (await (await upload({ 'x-requested-with': 'console' })).json()) as { id: string };
      const sent = { team_id: member.teamId, input_file_id: fileId };
      expect((await as(cookie, 'POST', '/admin/batches/quote', sent)).body).toMatchObject({ lines: 1 });
      const made = await as(cookie, 'POST', '/admin/batches', sent);
      expect(made).toMatchObject({ status: 200, body: { team_id: member.teamId, key_id: member.keyId } });
      const ended = await eventually(async () => {
        const { body } = await as(cookie, 'GET', `/admin/batches/${made.body.id}`);
        return body.status === 'completed' ? body : undefined;
      }, 60_000);
      expect(ended.lines).toMatchObject({ done: 1, failed: 0 });
      expect((await rowsOf(`batch_id=${made.body.id}`)).map(({ key_id }) => key_id)).toEqual([member.keyId]);
    });
  });

  it('a member sees and changes no batch of another key', async () => {
    const { body: theirs } = await gateway.request('POST', '/v1/batches', colleague.key, {
      requests: [{ custom_id: 'a', body: ask('Of a colleague') }],
    });
    await eventually(async () => {
      const { body } = await gateway.admin('GET', `/admin/batches/${theirs.id}`);
      return body.status === 'completed';
    }, 60_000);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['POST', '/retry'],
      ['GET', '/files/input'],
      ['GET', '/files/output'],
      ['GET', '/files/results'],
    ] as const) {
      const body = method === 'POST' ? {} : undefined;
      const { status } = await as(cookie, method, `/admin/batches/${theirs.id}${path}`, body);
      expect({ method, path, status }).toEqual({ method, path, status: 404 });
    }
    const { body } = await as(cookie, 'GET', '/admin/batches');
    expect(body.data.map(({ key_id }: { key_id: string }) => key_id)).not.toContain(colleague.keyId);
    expect((await as(cookie, 'GET', `/admin/batches?key_id=${colleague.keyId}`)).status).toBe(404);
    const foreign = { team_id: stranger.teamId, requests: [{ custom_id: 'a', body: ask('x') }] };
    for (const path of ['/admin/batches', '/admin/batches/quote'])
      expect((await as(cookie, 'POST', path, foreign)).status).toBe(404);
  });
});
