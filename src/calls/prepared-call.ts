import type { CacheControls } from '../cache/controls/cache-controls';
import type { CacheSlot } from '../cache/response-cache.service';
import type { Model } from '../models/model';
import type { CacheStatus, Call } from './call';
import type { CallParts } from './parts/call-parts';

/** A call whose model and slot in the cache are known. */
export interface PreparedCall {
  call: Call;
  model: Model;
  /** What the call asks of the cache, as far as its key and its model allow it. */
  controls: CacheControls;
  slot: CacheSlot;
  /** The inputs of a call whose API has independent ones, each with its own slot; undefined for all others. */
  parts?: CallParts | undefined;
}

/** The cache status of a call that got no stored response. */
export function statusWithoutHit({ read, write }: CacheControls): CacheStatus {
  if (read) return 'MISS';
  return write ? 'REFRESH' : 'BYPASS';
}
