import { RedisAwayError, type RedisConnection } from '../redis/redis.connection';
import { MemoryThrottlerStore } from './memory-throttler.store';
import { RedisThrottlerStore } from './redis-throttler.store';

const storeOver = (redis: Pick<RedisConnection, 'isReady' | 'run'>) =>
  new RedisThrottlerStore(redis as RedisConnection, new MemoryThrottlerStore());
const twoCalls = async (store: RedisThrottlerStore) => [
  (await store.increment('key_1', 60_000, 1)).isBlocked,
  (await store.increment('key_1', 60_000, 1)).isBlocked,
];

describe('the window of a key in Redis', () => {
  it('does not call Redis while it is away, and counts in memory', async () => {
    const run = jest.fn();
    expect(await twoCalls(storeOver({ isReady: false, run }))).toEqual([false, true]);
    expect(run).not.toHaveBeenCalled();
  });

  it('counts in memory when Redis goes away during a call', async () => {
    const run = jest.fn().mockRejectedValue(new RedisAwayError('Redis did not answer in time'));
    expect(await twoCalls(storeOver({ isReady: true, run }))).toEqual([false, true]);
  });

  it('counts calls that were admitted before Redis went away', async () => {
    const run = jest.fn().mockResolvedValueOnce([1, 1, 60_000, 0]).mockRejectedValue(new RedisAwayError('gone'));
    expect(await twoCalls(storeOver({ isReady: true, run }))).toEqual([false, true]);
  });

  it("reads the script's result", async () => {
    const run = jest.fn().mockResolvedValue([0, 3, 59_000, 1_250]);
    expect(await storeOver({ isReady: true, run }).increment('key_1', 60_000, 3)).toEqual({
      totalHits: 3,
      timeToExpire: 59,
      isBlocked: true,
      timeToBlockExpire: 1.25,
    });
  });
});
