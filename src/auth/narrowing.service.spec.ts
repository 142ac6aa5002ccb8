import type { FastifyRequest } from 'fastify';
import type { Caller } from '../common/caller';
import { type ApiKey, noSuchKey } from '../keys/api-key';
import type { KeysService } from '../keys/keys.service';
import { NarrowingService } from './narrowing.service';

const CALLER: Caller = { role: 'team_admin', teamId: 'team_1', keyId: 'key_1', models: null, rpmLimit: null };
const TEAM_OF: Record<string, string> = { key_1: 'team_1', key_2: 'team_1', key_9: 'team_9' };
const NOT_FOUND = { code: 'not_found' };

describe('a request is narrowed', () => {
  const narrowing = new NarrowingService({
    show: (id: string) =>
      TEAM_OF[id] === undefined ? Promise.reject(noSuchKey(id)) : Promise.resolve({ teamId: TEAM_OF[id] } as ApiKey),
  } as Pick<KeysService, 'show'> as KeysService);
  const apply = async (
    request: object,
    ...rest: [Parameters<NarrowingService['apply']>[2], Parameters<NarrowingService['apply']>[3]]
  ) => {
    const sent = { query: {}, params: {}, body: undefined, ...request } as FastifyRequest;
    await narrowing.apply(sent, CALLER, ...rest);
    return sent;
  };

  it('by nothing for a permission over all teams', async () => {
    const { query, scope } = await apply({ query: { team_id: 'team_9' } }, 'all', undefined);
    expect([query, scope]).toEqual([{ team_id: 'team_9' }, {}]);
  });

  it('by the team, and by the key where the permission is for that alone', async () => {
    const ofTeam = await apply({ query: { limit: '5', key_id: 'key_2' } }, 'team', 'query');
    expect(ofTeam.query).toEqual({ limit: '5', key_id: 'key_2', team_id: 'team_1' });
    expect(ofTeam.scope).toEqual({ teamId: 'team_1' });
    const ofKey = await apply({ query: {} }, 'key', 'query');
    expect(ofKey.query).toEqual({ team_id: 'team_1', key_id: 'key_1' });
  });

  it.each([
    [{ team_id: 'team_9' }],
    [{ team_id: 'team_1,team_9' }],
    [{ team_id: ['team_1', 'team_9'] }],
    [{ key_id: 'key_9' }],
    [{ key_id: 'key_1, key_9' }],
    [{ key_id: 'key_unknown' }],
  ])('to a 404 for what belongs to others: %j', async (query) => {
    await expect(apply({ query }, 'team', 'query')).rejects.toMatchObject(NOT_FOUND);
  });

  it('by a key to that key, not to others of the team', async () => {
    await expect(apply({ query: { key_id: 'key_2' } }, 'key', 'query')).rejects.toMatchObject(NOT_FOUND);
    await expect(apply({ params: { id: 'key_2' } }, 'key', 'key')).rejects.toMatchObject(NOT_FOUND);
  });

  it('by the id in the path', async () => {
    await apply({ params: { id: 'team_1' } }, 'team', 'team');
    await apply({ params: { id: 'key_2' } }, 'team', 'key');
    await expect(apply({ params: { id: 'team_9' } }, 'team', 'team')).rejects.toMatchObject(NOT_FOUND);
    await expect(apply({ params: { id: 'key_9' } }, 'team', 'key')).rejects.toMatchObject(NOT_FOUND);
  });

  it('by a body that names the team', async () => {
    const { body } = await apply({ body: { team_id: 'team_1', tag: 'x' } }, 'team', 'body');
    expect(body).toEqual({ team_id: 'team_1', tag: 'x' });
    const missing = { code: 'invalid_request', param: 'team_id' };
    await expect(apply({ body: { tag: 'x' } }, 'team', 'body')).rejects.toMatchObject(missing);
    await expect(apply({ body: { all: true } }, 'team', 'body')).rejects.toMatchObject(missing);
    await expect(apply({ body: { team_id: 'team_9' } }, 'team', 'body')).rejects.toMatchObject(NOT_FOUND);
    expect((await apply({ body: 'text' }, 'team', 'body')).body).toBe('text');
  });

  it('to a 403 where the route covers all teams', async () => {
    await expect(apply({}, 'team', undefined)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
