import { createClient } from 'redis';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

describeWithStores('a replica with the simulator (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let simulating: RunningGateway;
  let healthy: RunningGateway;
  let key: string;

  beforeAll(async () => {
    simulating = await startGateway({ env: { OPENAI_API_KEY: undefined, SIMULATOR: 'on' } });
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = simulating.env;
    healthy = await startGateway({ fake: simulating.fake, env: { DATABASE_URL, REDIS_URL, SECRET_KEY } });
    ({ key } = await simulating.createKey());
    await eventually(async () => (await healthy.request('GET', '/v1/models', key)).status === 200);
  });
  afterAll(async () => {
    await healthy?.stop();
    await simulating?.stop();
  });

  const storedKeys = async () => {
    const client = createClient({ url: simulating.env.REDIS_URL ?? '' });
    await client.connect();
    try {
      return await client.keys('ai_cache:team*');
    } finally {
      await client.disconnect();
    }
  };

  it('stores nothing in Redis, so other replicas never send its text (N1)', async () => {
    const asked = async (replica: RunningGateway) => {
      const { headers, body } = await replica.chat(key, 'Who writes this?');
      return [headers.get('x-cache-status'), headers.get('x-gateway-provider'), /simulator/.test(JSON.stringify(body))];
    };
    expect(await asked(simulating)).toEqual(['MISS', 'simulator', true]);
    expect(await asked(simulating)).toEqual(['HIT', 'simulator', true]);
    expect(await storedKeys()).toEqual([]);
    expect(await asked(healthy)).toEqual(['MISS', 'openai', false]);
    // The response is sent before it is in Redis.
    await eventually(async () => (await storedKeys()).length === 1);
    expect(await asked(simulating)).toEqual(['HIT', 'simulator', true]);
    expect(await asked(healthy)).toEqual(['HIT', 'openai', false]);
  });

  it('shares no flight with another replica (N1)', async () => {
    const answers = await Promise.all(
      [simulating, healthy].map((replica) => replica.chat(key, 'At the same time?', { stream: true })),
    );
    expect(answers.map(({ headers }) => headers.get('x-gateway-provider'))).toEqual(['simulator', 'openai']);
    expect(answers.map(({ body }) => /simulator/.test(body))).toEqual([true, false]);
  });
});
