import { Module } from '@nestjs/common';
import { getOptionsToken, getStorageToken } from '@nestjs/throttler';
import { LimitsGuard, THROTTLER_OPTIONS } from './limits.guard';
import { MemoryThrottlerStore } from './memory-throttler.store';
import { RedisThrottlerStore } from './redis-throttler.store';

/** ThrottlerModule accepts a store only as a value; this store has dependencies, so it is provided here. */
@Module({
  providers: [
    MemoryThrottlerStore,
    RedisThrottlerStore,
    { provide: getOptionsToken(), useValue: THROTTLER_OPTIONS },
    { provide: getStorageToken(), useExisting: RedisThrottlerStore },
    LimitsGuard,
  ],
  exports: [LimitsGuard, RedisThrottlerStore],
})
export class LimitsModule {}
