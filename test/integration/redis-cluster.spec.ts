import { eventually } from '../support/eventually';
import { OwnRedisCluster } from '../support/own-redis-cluster';
import { RedisConnection } from '../../src/redis/redis.connection';

const describeWithRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;
/** Enough keys that every node has some. */
const KEYS = Array.from({ length: 60 }, (_, index) => `key-${index}`);

describeWithRedis('a Redis Cluster that is created after the gateway has started (needs TEST_REDIS_URL)', () => {
  let cluster: OwnRedisCluster;
  let redis: RedisConnection;

  beforeAll(async () => {
    cluster = await OwnRedisCluster.startNodes();
    redis = RedisConnection.open({ redisUrl: cluster.url, redisTimeoutMs: 1_000 });
  });
  afterAll(async () => {
    redis?.onApplicationShutdown();
    await cluster?.stop();
  });

  const setAll = async () => {
    const results = await Promise.allSettled(KEYS.map((key) => redis.run((client) => client.set(key, 'value'))));
    return results.filter(({ status }) => status === 'fulfilled').length;
  };

  it('is discovered with all its slots', async () => {
    await eventually(() => redis.isReady);
    expect(await setAll()).toBe(0);
    await cluster.join();
    await eventually(async () => (await setAll()) === KEYS.length, 10_000);
  });
});
