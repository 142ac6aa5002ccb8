import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** A model of two deployments a story: breakers of one story must not open those of another. */
const STORIES = ['refused', 'failing', 'paused', 'alone'];

describeWithStores('breakers of replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let backup: FakeOpenAi;
  let one: RunningGateway;
  let other: RunningGateway;
  let withoutRedis: RunningGateway;
  let key: string;

  beforeAll(async () => {
    backup = await FakeOpenAi.start();
    const configFile = `
providers:
${STORIES.map((story) => `  first-${story}: { type: openai-compatible, base_url: "\${OPENAI_BASE_URL}", api_key: "sk-${story}-1234567890" }`).join('\n')}
  backup: { type: openai-compatible, base_url: "${backup.baseUrl}", api_key: "sk-backup-1234567890" }
models:
${STORIES.map((story) => `  ${story}: { deployments: [{ provider: first-${story}, model: ${story}, priority: 1 }, { provider: backup, model: ${story}, priority: 2 }] }`).join('\n')}
`;
    one = await startGateway({ configFile });
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = one.env;
    other = await startGateway({ fake: one.fake, configFile, env: { DATABASE_URL, REDIS_URL, SECRET_KEY } });
    withoutRedis = await startGateway({
      fake: one.fake,
      configFile,
      env: { DATABASE_URL, SECRET_KEY, REDIS_URL: 'redis://127.0.0.1:1' },
    });
    ({ key } = await one.createKey());
  });
  afterAll(async () => {
    for (const gateway of [withoutRedis, other, one]) await gateway?.stop();
    await backup?.stop();
  });

  let calls = 0;
  /** @returns the provider that answered, and the attempts that it took */
  const ask = async (replica: RunningGateway, model: string) => {
    const { status, headers } = await replica.chat(key, `${model} ${(calls += 1)}`, { model });
    return [status, headers.get('x-gateway-provider'), headers.get('x-gateway-attempts')];
  };
  const breakerOf = async (replica: RunningGateway, story: string) => {
    const { data } = (await replica.admin('GET', '/admin/deployments')).body;
    return data.find(({ deployment }: any) => deployment === `first-${story}/${story}`);
  };
  const untilBreaker = (replica: RunningGateway, story: string, breaker: string) =>
    eventually(async () => (await breakerOf(replica, story)).breaker === breaker);

  it('share a refused credential: another replica spends no attempt on it', async () => {
    one.fake.script({ status: 401 }, { model: 'refused', times: Infinity });
    expect(await ask(one, 'refused')).toEqual([200, 'backup', '2']);
    await untilBreaker(other, 'refused', 'open');
    expect(await breakerOf(other, 'refused')).toMatchObject({ reason: 'credential' });
    expect(await ask(other, 'refused')).toEqual([200, 'backup', '1']);
  });

  it('share failures, and the answer of the first probe', async () => {
    const recover = one.fake.script({ status: 503 }, { model: 'failing', times: Infinity });
    while ((await breakerOf(one, 'failing')).breaker === 'closed') await ask(one, 'failing');
    await untilBreaker(other, 'failing', 'open');
    recover();
    await eventually(async () => (await ask(one, 'failing'))[1] === 'first-failing' || undefined);
    await untilBreaker(other, 'failing', 'closed');
    expect(await ask(other, 'failing')).toEqual([200, 'first-failing', '1']);
  });

  it('share the pause that an upstream has asked for', async () => {
    one.fake.script({ status: 429, retryAfterSeconds: 30 }, { model: 'paused' });
    expect((await ask(one, 'paused'))[1]).toBe('backup');
    await untilBreaker(other, 'paused', 'open');
    expect(await ask(other, 'paused')).toEqual([200, 'backup', '1']);
    expect((await breakerOf(other, 'paused')).opens_to_calls_in_ms).toBeGreaterThan(20_000);
  });

  it('without Redis each replica finds out by itself', async () => {
    one.fake.script({ status: 401 }, { model: 'alone', times: Infinity });
    expect(await ask(withoutRedis, 'alone')).toEqual([200, 'backup', '2']);
    expect(await ask(withoutRedis, 'alone')).toEqual([200, 'backup', '1']);
    expect(await ask(other, 'alone')).toEqual([200, 'backup', '2']);
  });
});
