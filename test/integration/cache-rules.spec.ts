import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** The cache status on another replica while a response is being stored in Redis. */
const WHILE_IT_IS_STORED = 'COALESCED';

describeWithStores('cache rules on replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let one: RunningGateway;
  let other: RunningGateway;
  let withoutRedis: RunningGateway;
  let question = 0;

  beforeAll(async () => {
    one = await startGateway();
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = one.env;
    other = await startGateway({ fake: one.fake, env: { DATABASE_URL, REDIS_URL, SECRET_KEY } });
    withoutRedis = await startGateway({
      fake: one.fake,
      env: { DATABASE_URL, SECRET_KEY, REDIS_URL: 'redis://127.0.0.1:1' },
    });
  });
  afterAll(async () => {
    await withoutRedis?.stop();
    await other?.stop();
    await one?.stop();
  });

  const fresh = () => `rules on replicas ${(question += 1)}`;
  const scopeOn = async (replica: RunningGateway, key: string, members = {}) =>
    (await replica.chat(key, fresh(), members)).headers.get('x-cache-key')?.split(':')[1];
  const everywhere = async (holds: (replica: RunningGateway) => Promise<boolean>) => {
    expect(await holds(one)).toBe(true);
    for (const replica of [other, withoutRedis]) await eventually(() => holds(replica));
  };

  it('apply at once on the replica that set them, and soon on the others, with Redis or without', async () => {
    const { key, keyId } = await one.createKey();
    const statusOn = async (replica: RunningGateway, members = {}) =>
      (await replica.chat(key, fresh(), members)).headers.get('x-cache-status');
    await everywhere(async (replica) => (await replica.chat(key, fresh())).status === 200);
    await one.admin('PATCH', `/admin/keys/${keyId}`, { cache: { enabled: false } });
    await everywhere(async (replica) => (await statusOn(replica)) === 'BYPASS');
    await one.admin('PATCH', `/admin/keys/${keyId}`, { cache: { enabled: null, allowed_cache_controls: [] } });
    await everywhere(async (replica) => (await replica.chat(key, fresh(), { use_cache: false })).status === 403);
    await one.admin('PATCH', '/admin/models/gpt-4.1-nano', { cache: { enabled: false } });
    await everywhere(async (replica) => (await statusOn(replica, { model: 'gpt-4.1-nano' })) === 'BYPASS');
    await one.admin('DELETE', '/admin/models/gpt-4.1-nano');
    await everywhere(async (replica) => (await statusOn(replica, { model: 'gpt-4.1-nano' })) === 'MISS');
  });

  it('start and end shares on every replica, and a team gets responses of the other team from another replica', async () => {
    const [left, right] = [await one.createKey(), await one.createKey()];
    const made = await one.admin('POST', '/admin/cache/shares', {
      name: 'replicas',
      team_ids: [left.teamId, right.teamId],
    });
    for (const { key } of [left, right])
      await everywhere(async (replica) => (await scopeOn(replica, key)) === made.body.id);
    const text = fresh();
    await one.chat(left.key, text);
    expect(['HIT', WHILE_IT_IS_STORED]).toContain((await other.chat(right.key, text)).headers.get('x-cache-status'));
    const slow = `[[delay=500]] ${fresh()}`;
    const answers = await Promise.all([one.chat(left.key, slow), delay(100).then(() => other.chat(right.key, slow))]);
    expect(answers.map(({ headers }) => headers.get('x-cache-status'))).toEqual(['MISS', 'COALESCED']);

    await one.admin('PATCH', `/admin/cache/shares/${made.body.id}`, { team_ids: [right.teamId] });
    await everywhere(async (replica) => (await scopeOn(replica, left.key)) === left.teamId);
    expect((await other.chat(left.key, text)).headers.get('x-cache-status')).toBe('MISS');
    const later = fresh();
    await other.chat(left.key, later);
    for (const replica of [one, other, withoutRedis])
      expect(
        (await replica.chat(right.key, later, { cache: { 'no-store': true } })).headers.get('x-cache-status'),
      ).toBe('MISS');
    await one.admin('DELETE', `/admin/cache/shares/${made.body.id}`);
    await everywhere(async (replica) => (await scopeOn(replica, right.key)) === right.teamId);
  });

  it('never put a team into two shares, also if both replicas create many at once', async () => {
    const { teamId } = await one.createKey();
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 ? one : other).admin('POST', '/admin/cache/shares', { name: `race ${index}`, team_ids: [teamId] }),
      ),
    );
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(400)]);
    const { id } = made.find(({ status }) => status === 201)!.body;
    expect((await other.admin('DELETE', `/admin/cache/shares/${id}`)).status).toBe(200);
  });
});
