import { setTimeout as delay } from 'node:timers/promises';
import { BatchClient, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { OwnRedisCluster } from '../support/own-redis-cluster';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const MODEL = 'gpt-4.1';
/** A response is stored in Redis shortly after its caller gets it. */
const FROM_THE_OTHER = ['HIT', 'COALESCED'];
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** Everything that uses Redis, on a cluster of three nodes, with two replicas. */
describeWithStores('two replicas on a Redis Cluster (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let cluster: OwnRedisCluster;
  let replicas: RunningGateway[] = [];
  let key: string;

  const at = (index: number) => replicas[index] as RunningGateway;
  const ask = async (replica: number, text: string) => {
    const { status, headers, body } = await at(replica).chat(key, text, { model: MODEL });
    return { status, cache: headers.get('x-cache-status'), content: body.choices?.[0]?.message.content as string };
  };
  const upstreamCalls = (text: string) =>
    at(0).fake.calls.filter(({ body }) => JSON.stringify(body ?? {}).includes(`${text}"`)).length;

  beforeAll(async () => {
    cluster = await OwnRedisCluster.start();
    const env = { REDIS_URL: cluster.url, REDIS_TIMEOUT_MS: '500' };
    const one = await startGateway({ env });
    replicas = [one];
    const { DATABASE_URL, SECRET_KEY } = one.env;
    // One node is enough to discover the others.
    const alone = `redis+cluster://127.0.0.1:${cluster.nodes[1]?.port}`;
    replicas.push(await startGateway({ fake: one.fake, env: { ...env, REDIS_URL: alone, DATABASE_URL, SECRET_KEY } }));
    ({ key } = await one.createKey({ rpm_limit: 100_000 }));
    for (const replica of replicas)
      await eventually(async () => (await replica.request('GET', '/v1/models', key)).status === 200);
  });
  afterAll(async () => {
    for (const replica of replicas.toReversed()) await replica.stop();
    await cluster?.stop();
  });

  it('serve each other’s stored responses, from all nodes', async () => {
    const questions = Array.from({ length: 60 }, (_, index) => `shared ${index}`);
    for (const text of questions) expect((await ask(0, text)).cache).toBe('MISS');
    const answers = await Promise.all(questions.map((text) => ask(1, text)));
    expect(answers.filter(({ cache }) => !FROM_THE_OTHER.includes(String(cache)))).toEqual([]);
    expect(answers.filter(({ cache }) => cache === 'HIT').length).toBeGreaterThan(50);
    for (const count of await cluster.counts('ai_cache:')) expect(count).toBeGreaterThan(5);
    const { body } = await at(1).admin('GET', '/admin/cache/stats');
    expect(body.total_keys).toBeGreaterThanOrEqual(60);
  });

  it('invalidate responses for each other at once, and on all nodes', async () => {
    const text = 'to be invalidated';
    await ask(0, text);
    await eventually(async () => (await ask(1, text)).cache === 'HIT');
    const { body } = await at(0).admin('POST', '/admin/cache/invalidate', { model: MODEL });
    expect(body.invalidated_keys).toBeGreaterThanOrEqual(61);
    await delay(1_000);
    expect((await ask(1, text)).cache).toBe('MISS');
    // Only responses to later calls remain.
    await eventually(async () => (await cluster.counts('ai_cache:')).reduce((sum, count) => sum + count, 0) === 1);
  });

  it('make one upstream call for equal calls', async () => {
    const text = 'asked by many';
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(index % 2, `[[delay=2000]] ${text}`)),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(upstreamCalls(text)).toBe(1);
  });

  it('relay each other’s streams while they run', async () => {
    const text = 'streamed to both';
    const stream = async (replica: number) => {
      const response = await fetch(`${at(replica).url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: MODEL,
          stream: true,
          messages: [{ role: 'user', content: `[[words=40 gap=50]] ${text}` }],
        }),
      });
      return { cache: response.headers.get('x-cache-status'), text: await response.text() };
    };
    const led = stream(0);
    await delay(800);
    const [one, other] = await Promise.all([led, stream(1)]);
    expect([one.cache, other.cache]).toEqual(['MISS', 'COALESCED']);
    expect(other.text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(upstreamCalls(text)).toBe(1);
  });

  it('run a batch', async () => {
    const batches = new BatchClient(at(0), key);
    const { id } = await batches.create({ endpoint: '/v1/chat/completions', requests: lines(150, 'cluster') });
    const ended = await batches.ended(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 150, completed: 150, failed: 0 } });
    const results = await batches.resultsOf(ended.output_file_id);
    expect(new Set(results.map(({ custom_id }) => custom_id)).size).toBe(150);
  });

  it('continue if a node is killed: its responses are misses, those of the other nodes are hits', async () => {
    const questions = Array.from({ length: 60 }, (_, index) => `with two nodes ${index}`);
    for (const text of questions) await ask(0, text);
    await cluster.nodes[2]?.kill();
    const answers = await Promise.all(questions.map((text) => ask(1, text)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const hits = answers.filter(({ cache }) => cache === 'HIT').length;
    expect(hits).toBeGreaterThan(20);
    expect(hits).toBeLessThan(58);
    const fresh = await Promise.all(questions.map((_, index) => ask(index % 2, `fresh ${index}`)));
    expect(fresh.filter(({ status }) => status !== 200)).toEqual([]);

    await cluster.nodes[2]?.startAgain();
    const healed = Array.from({ length: 40 }, (_, index) => `with three nodes again ${index}`);
    await eventually(async () => {
      const stamp = Date.now();
      for (const text of healed) await ask(0, `${text} ${stamp}`);
      const again = await Promise.all(healed.map((text) => ask(1, `${text} ${stamp}`)));
      return again.every(({ cache }) => cache === 'HIT');
    }, 60_000);
  });

  it('continue if a node is frozen', async () => {
    const questions = Array.from({ length: 60 }, (_, index) => `one of three is frozen ${index}`);
    for (const text of questions) await ask(0, text);
    cluster.nodes[0]?.freeze();
    try {
      const answers = await Promise.all(questions.map((text) => ask(1, text)));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answers.filter(({ cache }) => cache === 'HIT').length).toBeGreaterThan(20);
      for (let index = 0; index < 40; index += 1)
        expect((await ask(1, `while it is frozen ${index}`)).status).toBe(200);
    } finally {
      cluster.nodes[0]?.thaw();
    }
  });
});
