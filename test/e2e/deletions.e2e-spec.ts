import { type RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

describe('what an administrator deletes', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  const idsOf = (list: { body: { data: { id: string }[] } }) => list.body.data.map(({ id }) => id);

  it('N6: a team with live keys is deleted only by force', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const refused = await gateway.admin('DELETE', `/admin/teams/${teamId}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict']);
    expect(refused.body.error.message).toMatch(/1 live key.*force=true/);
    expect((await gateway.request('GET', '/v1/models', key)).status).toBe(200);
    expect((await gateway.admin('DELETE', `/admin/teams/${teamId}?force=false`)).status).toBe(409);
    expect((await gateway.admin('DELETE', `/admin/teams/${teamId}?force=yes`)).status).toBe(400);

    const deleted = await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);
    expect(deleted.body).toEqual({ id: teamId, deleted: true });
    expect((await gateway.request('GET', '/v1/models', key)).status).toBe(401);
    expect((await gateway.admin('GET', `/admin/keys/${keyId}`)).body.revoked_at).toEqual(expect.any(String));
  });

  it('N6: a team with a balance is deleted only by force, also with its keys revoked', async () => {
    const { keyId, teamId } = await gateway.createKey();
    await gateway.admin('POST', `/admin/teams/${teamId}/credits/grants`, { amount_usd: '550' });
    await gateway.admin('DELETE', `/admin/keys/${keyId}`);
    const refused = await gateway.admin('DELETE', `/admin/teams/${teamId}`);
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toMatch(/a balance of \$550[^0-9].*force=true/);
    expect((await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`)).status).toBe(200);
  });

  it('N6: an expired key and a used-up balance keep no team', async () => {
    const { teamId } = await gateway.createKey({ expires_at: new Date(Date.now() + 300).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 350));
    expect((await gateway.admin('DELETE', `/admin/teams/${teamId}`)).status).toBe(200);
  });

  it('N6: a deleted team, its keys, calls, credits and statements can be read for ever', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    await gateway.admin('POST', `/admin/teams/${teamId}/credits/grants`, { amount_usd: '1' });
    await gateway.chat(key, `before the deletion of ${teamId}`);
    const before = await gateway.admin('GET', `/admin/teams/${teamId}`);
    await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);

    const team = await gateway.admin('GET', `/admin/teams/${teamId}`);
    expect(team.body).toEqual({ ...before.body, deleted_at: expect.any(String) });
    expect(idsOf(await gateway.admin('GET', '/admin/teams'))).not.toContain(teamId);
    expect(idsOf(await gateway.admin('GET', '/admin/teams?include=deleted'))).toContain(teamId);
    expect(idsOf(await gateway.admin('GET', `/admin/teams/${teamId}/keys`))).toEqual([]);
    expect(idsOf(await gateway.admin('GET', `/admin/teams/${teamId}/keys?include=revoked`))).toEqual([keyId]);
    expect((await gateway.admin('GET', `/admin/teams/${teamId}/credits`)).body.granted_usd).toBe('1');
    const month = new Date().toISOString().slice(0, 7);
    const statement = await gateway.admin('GET', `/admin/teams/${teamId}/statements/${month}`);
    expect(statement.body).toMatchObject({ team_name: before.body.name, usage_total: { requests: 1 } });
    expect((await gateway.admin('GET', `/admin/requests?team_id=${teamId}`)).body.data).toHaveLength(1);
  });

  it('N6: what is deleted cannot be changed, and says when it was deleted', async () => {
    const { keyId, teamId } = await gateway.createKey();
    await gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`);
    for (const [method, path, body] of [
      ['DELETE', `/admin/teams/${teamId}`],
      ['PATCH', `/admin/teams/${teamId}`, { name: 'again' }],
      ['POST', `/admin/teams/${teamId}/keys`, { name: 'again' }],
      ['POST', `/admin/teams/${teamId}/credits/grants`, { amount_usd: '1' }],
      ['PATCH', `/admin/keys/${keyId}`, { name: 'again' }],
      ['DELETE', `/admin/keys/${keyId}`],
      ['POST', `/admin/keys/${keyId}/rotate`],
    ] as const) {
      const answer = await gateway.admin(method, path, body);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.error.message).toMatch(/(deleted|revoked) (at|on) 20/);
    }
  });
});
