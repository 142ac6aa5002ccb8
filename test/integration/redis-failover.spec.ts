import { eventually } from '../support/eventually';
import { OwnRedis } from '../support/own-redis';
import { OwnRedisCluster } from '../support/own-redis-cluster';
import { RedisConnection } from '../../src/redis/redis.connection';

const describeWithRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;
/** Enough keys that every node has some. */
const KEYS = Array.from({ length: 60 }, (_, index) => `key-${index}`);

describeWithRedis('a Redis Cluster that fails over (needs TEST_REDIS_URL)', () => {
  let cluster: OwnRedisCluster;
  let replica: OwnRedis;
  let redis: RedisConnection;

  beforeAll(async () => {
    cluster = await OwnRedisCluster.start(3, ['--cluster-node-timeout', '1000']);
    replica = await cluster.addReplicaOf(2);
    redis = RedisConnection.open({ redisUrl: cluster.url, redisTimeoutMs: 1_000 });
    await eventually(() => redis.isReady);
  });
  afterAll(async () => {
    redis?.onApplicationShutdown();
    await cluster?.stop();
  });

  const setAll = () => Promise.allSettled(KEYS.map((key) => redis.run((client) => client.set(key, 'value'))));

  it('is fully used again, with the replica instead of the failed node', async () => {
    expect((await setAll()).every(({ status }) => status === 'fulfilled')).toBe(true);
    await cluster.nodes[2]?.kill();
    const without = await setAll();
    expect(without.some(({ status }) => status === 'rejected')).toBe(true);
    expect(without.some(({ status }) => status === 'fulfilled')).toBe(true);
    await eventually(async () => (await setAll()).every(({ status }) => status === 'fulfilled'), 30_000);
    expect(await replica.command<number>('DBSIZE')).toBeGreaterThan(0);
  });
});
