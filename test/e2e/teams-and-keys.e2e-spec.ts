import { type RunningGateway, startGateway } from '../support/gateway';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('an administrator manages teams and keys:', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const newTeam = async (name: string): Promise<string> =>
    (await gateway.admin('POST', '/admin/teams', { name })).body.id;
  const statusWith = async (key: string) => (await gateway.request('GET', '/v1/models', key)).status;

  describe('teams', () => {
    it('can be created, shown, renamed and deleted', async () => {
      const made = await gateway.admin('POST', '/admin/teams', { name: 'Search' });
      expect(made.status).toBe(201);
      expect(made.body).toEqual({
        id: expect.stringMatching(/^team_/),
        name: 'Search',
        created_at: expect.stringMatching(RFC_3339),
        updated_at: expect.stringMatching(RFC_3339),
        deleted_at: null,
      });
      const path = `/admin/teams/${made.body.id}`;
      expect((await gateway.admin('GET', path)).body).toEqual(made.body);

      const renamed = await gateway.admin('PATCH', path, { name: 'Discovery' });
      expect(renamed.body).toMatchObject({ id: made.body.id, name: 'Discovery', created_at: made.body.created_at });
      const list = await gateway.admin('GET', '/admin/teams');
      expect(list.body.data.map((team: { name: string }) => team.name)).toEqual(
        expect.arrayContaining(['Discovery', 'platform']),
      );

      expect((await gateway.admin('DELETE', path)).body).toEqual({ id: made.body.id, deleted: true });
      expect((await gateway.admin('DELETE', path)).status).toBe(404);
    });

    it('have unique names, which are free after a deletion', async () => {
      const id = await newTeam('Ads');
      const again = await gateway.admin('POST', '/admin/teams', { name: 'Ads' });
      expect(again.status).toBe(409);
      expect(again.body.error).toMatchObject({ code: 'conflict', param: 'name' });
      const other = await newTeam('Maps');
      expect((await gateway.admin('PATCH', `/admin/teams/${other}`, { name: 'Ads' })).status).toBe(409);
      await gateway.admin('DELETE', `/admin/teams/${id}`);
      expect((await gateway.admin('POST', '/admin/teams', { name: 'Ads' })).status).toBe(201);
    });

    it('are refused with the invalid member', async () => {
      expect((await gateway.admin('POST', '/admin/teams', {})).body.error).toMatchObject({
        param: 'name',
        code: 'invalid_request',
      });
      expect((await gateway.admin('POST', '/admin/teams', { name: '  ' })).body.error.param).toBe('name');
      expect((await gateway.admin('POST', '/admin/teams', { name: 'a\u0000b' })).body.error.param).toBe('name');
      const unknown = await gateway.admin('POST', '/admin/teams', { name: 'x', budget: 1 });
      expect(unknown.status).toBe(400);
      expect(unknown.body.error.message).toContain('budget');
      expect((await gateway.admin('GET', '/admin/teams/team_nobody')).status).toBe(404);
      expect((await gateway.admin('GET', '/admin/teams/%00')).status).toBe(400);
    });

    it('include the platform team, which cannot be deleted', async () => {
      const answer = await gateway.admin('DELETE', '/admin/teams/team_platform');
      expect(answer.status).toBe(409);
      expect((await gateway.admin('GET', '/admin/teams/team_platform')).status).toBe(200);
    });
  });

  describe('keys', () => {
    it('are shown once and work at once, until they are revoked', async () => {
      const teamId = await newTeam('Keys 1');
      const issued = await gateway.admin('POST', `/admin/teams/${teamId}/keys`, { name: 'production' });
      expect(issued.status).toBe(201);
      expect(issued.body).toEqual({
        id: expect.stringMatching(/^key_/),
        key: expect.stringMatching(/^sk-tg-[\w-]{43}$/),
        prefix: issued.body.key.slice(0, 10),
        managed: false,
        name: 'production',
        team_id: teamId,
        role: 'member',
        models: null,
        rpm_limit: null,
        batch_lines_count: false,
        default_max_tokens: null,
        expires_at: null,
        cache: null,
        created_at: expect.stringMatching(RFC_3339),
        replaced_by: null,
        revoked_at: null,
      });
      const { key, ...known } = issued.body;
      expect(await statusWith(key)).toBe(200);
      expect((await gateway.admin('GET', `/admin/keys/${known.id}`)).body).toEqual(known);
      expect((await gateway.admin('GET', `/admin/teams/${teamId}/keys`)).body).toEqual({
        data: [known],
        next_cursor: null,
      });

      expect((await gateway.admin('DELETE', `/admin/keys/${known.id}`)).body).toEqual({ id: known.id, deleted: true });
      expect(await statusWith(key)).toBe(401);
      expect((await gateway.admin('GET', `/admin/teams/${teamId}/keys`)).body).toEqual({ data: [], next_cursor: null });
    });

    it('have settings that can be changed and cleared', async () => {
      const { keyId } = await gateway.createKey({
        models: ['gpt-4.1'],
        rpm_limit: 60,
        expires_at: '2099-01-01T01:00:00+01:00',
      });
      const path = `/admin/keys/${keyId}`;
      const settings = { models: ['gpt-4.1'], rpm_limit: 60, expires_at: '2099-01-01T00:00:00.000Z' };
      expect((await gateway.admin('GET', path)).body).toMatchObject(settings);
      expect((await gateway.admin('PATCH', path, { name: 'renamed' })).body).toMatchObject({
        ...settings,
        name: 'renamed',
      });
      const cleared = { models: null, rpm_limit: null, expires_at: null };
      expect((await gateway.admin('PATCH', path, cleared)).body).toMatchObject({ ...cleared, name: 'renamed' });
    });

    it.each([
      [{}, 'name'],
      [{ name: 'x', role: 'root' }, 'role'],
      [{ name: 'x', models: [] }, 'models'],
      [{ name: 'x', rpm_limit: 0 }, 'rpm_limit'],
      [{ name: 'x', rpm_limit: 1.5 }, 'rpm_limit'],
      [{ name: 'x', expires_at: 'tomorrow' }, 'expires_at'],
      [{ name: 'x', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
      [{ name: 'x', tpm_limit: 1000 }, 'tpm_limit'],
      [{ name: 'x', max_parallel_requests: 2 }, 'max_parallel_requests'],
    ])('are refused by name: %j', async (body, member) => {
      const answer = await gateway.admin('POST', '/admin/teams/team_platform/keys', body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({
        type: 'invalid_request_error',
        message: expect.stringContaining(member),
      });
    });

    it('need an existing team and an existing id', async () => {
      expect((await gateway.admin('POST', '/admin/teams/team_nobody/keys', { name: 'x' })).status).toBe(404);
      expect((await gateway.admin('GET', '/admin/teams/team_nobody/keys')).status).toBe(404);
      for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const) {
        expect((await gateway.admin(method, '/admin/keys/key_nobody', body)).status).toBe(404);
      }
      expect((await gateway.admin('POST', '/admin/keys/key_nobody/rotate')).status).toBe(404);
    });

    it('stop working when they expire', async () => {
      const { key, keyId } = await gateway.createKey({ expires_at: new Date(Date.now() + 1_500).toISOString() });
      expect(await statusWith(key)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_600));
      expect(await statusWith(key)).toBe(401);
      await gateway.admin('PATCH', `/admin/keys/${keyId}`, { expires_at: null });
      expect(await statusWith(key)).toBe(200);
    });

    it('stop working with their team', async () => {
      const { key, keyId, teamId } = await gateway.createKey();
      await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);
      expect(await statusWith(key)).toBe(401);
      expect((await gateway.admin('PATCH', `/admin/keys/${keyId}`, { name: 'x' })).status).toBe(404);
      expect((await gateway.admin('POST', `/admin/teams/${teamId}/keys`, { name: 'x' })).status).toBe(404);
    });
  });

  describe('rotation', () => {
    it('replaces a key at once', async () => {
      const old = await gateway.createKey({ models: ['gpt-4.1'], rpm_limit: 60 });
      const rotated = await gateway.admin('POST', `/admin/keys/${old.keyId}/rotate`);
      expect(rotated.status).toBe(201);
      expect(rotated.body).toMatchObject({
        replaces: old.keyId,
        team_id: old.teamId,
        models: ['gpt-4.1'],
        rpm_limit: 60,
        name: 'test',
      });
      expect(rotated.body.id).not.toBe(old.keyId);
      expect(await statusWith(old.key)).toBe(401);
      expect(await statusWith(rotated.body.key)).toBe(200);
    });

    it('lets the old key work during the grace period, and is possible only once', async () => {
      const old = await gateway.createKey();
      const rotated = await gateway.admin('POST', `/admin/keys/${old.keyId}/rotate`, { grace_seconds: 2 });
      expect([await statusWith(old.key), await statusWith(rotated.body.key)]).toEqual([200, 200]);
      expect(rotated.body.expires_at).toBeNull();
      const again = await gateway.admin('POST', `/admin/keys/${old.keyId}/rotate`, { grace_seconds: 2 });
      expect(again.status).toBe(409);
      expect(again.body.error.message).toContain(rotated.body.id);
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      expect([await statusWith(old.key), await statusWith(rotated.body.key)]).toEqual([401, 200]);
    });

    it('does not extend the expiry of an old key', async () => {
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      const old = await gateway.createKey({ expires_at: expiresAt });
      await gateway.admin('POST', `/admin/keys/${old.keyId}/rotate`, { grace_seconds: 3600 });
      expect((await gateway.admin('GET', `/admin/keys/${old.keyId}`)).body.expires_at).toBe(expiresAt);
    });
  });

  describe('access', () => {
    it('requires a key, and the error names the problem with the key', async () => {
      const answers = {
        missing: await gateway.request('GET', '/v1/models', undefined),
        malformed: await gateway.request('GET', '/v1/models', undefined, undefined, { authorization: 'Basic dTpw' }),
        wrong: await gateway.request('GET', '/v1/models', 'sk-tg-0123456789012345678901234567890123456789'),
      };
      for (const answer of Object.values(answers)) {
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        expect(answer.body.error.code).toBe('invalid_api_key');
      }
      expect(answers.missing.body.error.message).toMatch(/did not provide/);
      expect(answers.malformed.body.error.message).toMatch(/malformed/);
      expect(answers.wrong.body.error.message).toMatch(/^Incorrect API key provided: sk-tg-01\*\*\*6789\./);
      expect(answers.wrong.body.error.message).not.toContain('0123456');
    });

    it('accepts the key in the headers of other clients', async () => {
      const { key } = await gateway.createKey();
      for (const header of ['x-api-key', 'api-key']) {
        expect((await gateway.request('GET', '/v1/models', undefined, undefined, { [header]: key })).status).toBe(200);
      }
    });

    it('to /admin is only for administrators', async () => {
      const member = await gateway.createKey();
      const refused = await gateway.request('GET', '/admin/teams', member.key);
      expect(refused.status).toBe(403);
      expect(refused.body.error.code).toBe('forbidden');

      const administrator = await gateway.createKey({ role: 'admin' });
      expect((await gateway.admin('GET', `/admin/keys/${administrator.keyId}`)).body.role).toBe('platform_admin');
      expect((await gateway.request('GET', '/admin/teams', administrator.key)).status).toBe(200);
      expect(await statusWith(gateway.adminKey)).toBe(200);
    });

    it('persists over a restart, also with the administrator’s key', async () => {
      const { key, keyId } = await gateway.createKey();
      const revoked = await gateway.createKey();
      await gateway.admin('DELETE', `/admin/keys/${revoked.keyId}`);
      await gateway.restart();
      expect([await statusWith(key), await statusWith(revoked.key)]).toEqual([200, 401]);
      expect((await gateway.admin('GET', `/admin/keys/${keyId}`)).status).toBe(200);
      expect(gateway.output).not.toContain(key);
    });
  });
});
