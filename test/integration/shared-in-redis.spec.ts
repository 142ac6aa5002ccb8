import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { VendorTurns } from '../../src/cache/turns/vendor-turns.store';
import { RedisConnection } from '../../src/redis/redis.connection';
import { RedisThrottlerStore } from '../../src/limits/redis-throttler.store';
import { MemoryThrottlerStore } from '../../src/limits/memory-throttler.store';

const redisUrl = process.env.TEST_REDIS_URL;
const describeWithRedis = redisUrl ? describe : describe.skip;

describeWithRedis('what replicas share in Redis of a conversation and a key (needs TEST_REDIS_URL)', () => {
  const connections: RedisConnection[] = [];
  const connect = async () => {
    const redis = RedisConnection.open({ redisUrl, redisTimeoutMs: 1_000 });
    connections.push(redis);
    while (!redis.isReady) await sleep(10);
    return redis;
  };
  afterAll(() => Promise.all(connections.map((redis) => redis.onApplicationShutdown())));

  it('a turn of a vendor, which another replica finds', async () => {
    const [first, second] = [new VendorTurns(await connect()), new VendorTurns(await connect())];
    const owner = { teamId: randomUUID(), provider: 'anthropic', credential: 'sk' };
    const turn = { format: 'anthropic-claude-v1', content: [{ type: 'thinking', thinking: '음', signature: 'Zm9v' }] };
    await first.store(owner, { toolCallIds: ['call_4fG7hJ2kLa', 'call_4fG7hJ2kLb'], turn });
    expect([...((await second.find(owner, ['call_4fG7hJ2kLa'])) ?? [])]).toEqual([
      ['call_4fG7hJ2kLa', turn],
      ['call_4fG7hJ2kLb', turn],
    ]);
    expect(await second.find({ ...owner, credential: 'other' }, ['call_4fG7hJ2kLa'])).toBeUndefined();
  });

  it('what a key has used of its limit, without counting the question', async () => {
    const store = new RedisThrottlerStore(await connect(), new MemoryThrottlerStore());
    const key = randomUUID();
    expect(await store.usageOf(key)).toEqual({ used: 0, resetMs: 0 });
    await store.increment(key, 60_000, 10);
    await store.increment(key, 60_000, 10);
    for (let asked = 0; asked < 3; asked += 1) expect(await store.usageOf(key)).toMatchObject({ used: 2 });
    expect((await store.usageOf(key)).resetMs).toBeGreaterThan(50_000);
  });
});
