import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** Waits until a replica responds to a key with a status. */
const untilStatus = (replica: RunningGateway, key: string, status: number) =>
  eventually(async () => (await replica.request('GET', '/v1/models', key)).status === status);

describeWithStores('two replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let one: RunningGateway;
  let other: RunningGateway;
  let withoutRedis: RunningGateway;

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

  it('soon accept a new key, and refuse a revoked one, with Redis or without', async () => {
    const { key, keyId } = await one.createKey();
    for (const replica of [other, withoutRedis]) await untilStatus(replica, key, 200);
    await one.admin('DELETE', `/admin/keys/${keyId}`);
    for (const replica of [other, withoutRedis]) await untilStatus(replica, key, 401);
  });

  it('N13: accept a new key at once, also one that is changed', async () => {
    const soon = () => new Date(Date.now() + 300).toISOString();
    for (let round = 0; round < 10; round += 1) {
      const { key, keyId } = await one.createKey({ expires_at: soon() });
      const replies = await Promise.all(
        [other, withoutRedis].map((replica) => replica.request('GET', '/v1/models', key)),
      );
      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
      await new Promise((resolve) => setTimeout(resolve, 310));
      await one.admin('PATCH', `/admin/keys/${keyId}`, { expires_at: null });
      expect((await withoutRedis.chat(key, `at once ${round}`)).status).toBe(200);
    }
  });

  it('A23: end the streams of a key that another one revokes', async () => {
    const { key, keyId } = await one.createKey();
    for (const replica of [other, withoutRedis]) {
      await untilStatus(replica, key, 200);
    }
    const streams = [other, withoutRedis].map((replica, index) =>
      replica.chat(key, `[[gap=200 words=100]] revoked ${index}`, { stream: true }),
    );
    await eventually(() => one.fake.calls.filter(({ body }) => JSON.stringify(body).includes('revoked ')).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await one.admin('DELETE', `/admin/keys/${keyId}`);
    for (const { body } of await Promise.all(streams)) expect(body).toMatch(/revoked.*invalid_api_key/);
  });

  it('lose none of many concurrent changes', async () => {
    const { teamId } = await one.createKey();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).createKey({ teamId })),
    );
    await Promise.all(
      made.slice(0, 10).map(({ keyId }, index) => (index % 2 ? one : other).admin('DELETE', `/admin/keys/${keyId}`)),
    );
    for (const replica of [one, other, withoutRedis])
      for (const [index, { key }] of made.entries()) await untilStatus(replica, key, index < 10 ? 401 : 200);
  });

  it('share the rate limit of a key', async () => {
    const { key } = await one.createKey({ rpm_limit: 6 });
    await untilStatus(other, key, 200);
    const statuses: number[] = [];
    for (let call = 0; call < 8; call += 1) {
      statuses.push((await (call % 2 ? one : other).chat(key, `shared ${call}`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  });
});
