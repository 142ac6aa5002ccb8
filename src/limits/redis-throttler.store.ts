import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RedisAwayError, RedisConnection } from '../redis/redis.connection';
import { MemoryThrottlerStore, type ThrottlerRecord, toRecord } from './memory-throttler.store';
import { RUN_MS, WINDOW_MS } from './sliding-window';

const KEY_PREFIX = 'thriftgate:rpm:';

/**
 * `admit` of sliding-window.ts, atomic over all replicas and by Redis's clock. A run is {first, last, count}. Redis has the wall
 * clock alone: where it was set back, as by a failover, calls from before count as if they came now.
 * Returns {admitted, used, reset, retry}, times in milliseconds.
 */
const ADMIT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, window_ms, run_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local packed = redis.call('GET', KEYS[1])
local runs, used = {}, 0
for _, run in ipairs(packed and cmsgpack.unpack(packed) or {}) do
  run[1], run[2] = math.min(run[1], now), math.min(run[2], now)
  if run[2] + window_ms > now then
    runs[#runs + 1] = run
    used = used + run[3]
  end
end
local newest = runs[#runs]
if ARGV[4] == 'look' then
  return {0, used, newest and newest[2] + window_ms - now or 0, 0}
end
if used >= limit then
  local to_leave, retry = used - limit + 1, 0
  for _, run in ipairs(runs) do
    to_leave = to_leave - run[3]
    if to_leave <= 0 then
      retry = run[2] + window_ms - now
      break
    end
  end
  return {0, used, newest and newest[2] + window_ms - now or 0, retry}
end
if newest and now - newest[1] < run_ms then
  newest[2] = now
  newest[3] = newest[3] + 1
else
  newest = {now, now, 1}
  runs[#runs + 1] = newest
end
local reset = newest[2] + window_ms - now
redis.call('SET', KEYS[1], cmsgpack.pack(runs), 'PX', reset)
return {1, used + 1, reset, 0}
`;

/**
 * Counts the calls of each key over all replicas. While Redis is away each replica counts its own calls: the limit then
 * applies to each replica, and no call waits for Redis or fails without it.
 */
@Injectable()
export class RedisThrottlerStore implements ThrottlerStorage {
  constructor(
    private readonly redis: RedisConnection,
    private readonly memory: MemoryThrottlerStore,
  ) {}

  async increment(key: string, ttlMs: number, limit: number): Promise<ThrottlerRecord> {
    if (!this.redis.isReady) return this.memory.increment(key, ttlMs, limit);
    try {
      const result = await this.redis.run((client) =>
        client.eval(ADMIT_SCRIPT, {
          keys: [KEY_PREFIX + key],
          arguments: [String(limit), String(WINDOW_MS), String(RUN_MS), 'admit'],
        }),
      );
      const [admitted = 0, used = 0, resetMs = 0, retryMs = 0] = result as number[];
      // Counted in memory too, for the case that Redis goes away.
      if (admitted === 1) await this.memory.increment(key, ttlMs, limit);
      return toRecord({ admitted: admitted === 1, used, resetMs, retryMs });
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      return this.memory.increment(key, ttlMs, limit);
    }
  }

  /** What a key has used of its limit in the last minute; counts no call. */
  async usageOf(key: string): Promise<{ used: number; resetMs: number }> {
    if (!this.redis.isReady) return this.memory.usageOf(key);
    try {
      const result = await this.redis.run((client) =>
        client.eval(ADMIT_SCRIPT, {
          keys: [KEY_PREFIX + key],
          arguments: ['0', String(WINDOW_MS), String(RUN_MS), 'look'],
        }),
      );
      const [, used = 0, resetMs = 0] = result as number[];
      return { used, resetMs };
    } catch (error) {
      if (!(error instanceof RedisAwayError)) throw error;
      return this.memory.usageOf(key);
    }
  }
}
