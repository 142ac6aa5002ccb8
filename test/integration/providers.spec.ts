import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { KeyedUpstream } from '../support/keyed-upstream';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;
const SECRET = 'sk-of-both-replicas-0123456789';

describeWithStores('providers of two replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let one: RunningGateway;
  let other: RunningGateway;
  let upstream: KeyedUpstream;
  let key: string;
  let question = 0;
  const env = { PROVIDER_ALLOWED_NETWORKS: '127.0.0.1' };

  beforeAll(async () => {
    upstream = await KeyedUpstream.start();
    one = await startGateway({ env });
    const { DATABASE_URL, SECRET_KEY } = one.env;
    // Without Redis, so that changes come by the polled counter.
    other = await startGateway({ fake: one.fake, env: { ...env, DATABASE_URL, SECRET_KEY, REDIS_URL: undefined } });
    ({ key } = await one.createKey());
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
    await upstream?.stop();
  });

  const ask = (gateway: RunningGateway) => gateway.chat(key, `replica ${(question += 1)}`, { model: 'both' });
  const until = (gateway: RunningGateway, status: number) =>
    eventually(async () => (await ask(gateway)).status === status);

  it('are added, switched off and on, and get new keys on both', async () => {
    const provider = { name: 'both', type: 'mistral', base_url: upstream.baseUrl, keys: [{ key: SECRET }] };
    const { keys } = (await one.admin('POST', '/admin/providers', provider)).body;
    await one.admin('POST', '/admin/models', { name: 'both', deployments: [{ provider: 'both', model: 'm' }] });
    expect((await ask(one)).status).toBe(200);
    await until(other, 200);
    await one.admin('PATCH', '/admin/providers/both', { enabled: false });
    expect((await ask(one)).status).toBe(404);
    await until(other, 404);
    await other.admin('PATCH', '/admin/providers/both', { enabled: true });
    expect((await ask(other)).status).toBe(200);
    await until(one, 200);
    await other.admin('POST', '/admin/providers/both/keys', { key: `${SECRET}-new`, replaces: keys[0].id });
    expect((await ask(other)).status).toBe(200);
    expect(upstream.keys.at(-1)).toBe(`${SECRET}-new`);
    await eventually(async () => (await ask(one)).status === 200 && upstream.keys.at(-1) === `${SECRET}-new`);
  });

  it('work on under a new SECRET_KEY: first it is the other one, then the first, then the only one', async () => {
    const [before = '', now] = [one.env.SECRET_KEY, 'a new secret key 0123456789'];
    const steps = [
      { SECRET_KEY: before, SECRET_KEY_PREVIOUS: now },
      { SECRET_KEY: now, SECRET_KEY_PREVIOUS: before },
    ];
    for (const step of steps)
      for (const gateway of [one, other]) {
        Object.assign(gateway.env, step);
        await gateway.restart();
        for (const each of [one, other]) expect((await ask(each)).status).toBe(200);
      }
    const { key: made } = await one.createKey();
    for (const gateway of [one, other]) {
      delete gateway.env.SECRET_KEY_PREVIOUS;
      await gateway.restart();
    }
    // A key that was issued under the old one must have been rotated.
    expect((await ask(one)).status).toBe(401);
    key = made;
    for (const gateway of [one, other]) expect((await ask(gateway)).status).toBe(200);
  });
});
