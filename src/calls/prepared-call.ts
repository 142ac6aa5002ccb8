import type { JsonRecord } from '@thriftgate/providers';
import type { CacheControls } from '../cache/controls/cache-controls';
import type { CacheSlot } from '../cache/response-cache.service';
import type { Model } from '../models/model';
import type { CacheStatus, Call } from './call';

/** An input of a call, as a request of its own with its own slot in the cache. */
export interface CallPart {
  body: JsonRecord;
  slot: CacheSlot;
}

/** The inputs of a call whose API has independent ones. */
export interface CallParts {
  /** Each input once, in the order in which it is first sent. */
  distinct: readonly [CallPart, ...CallPart[]];
  /** For each input that was sent, its place among the distinct ones. */
  order: readonly number[];
}

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

/** A call with parts. */
export type PartedCall = PreparedCall & { parts: CallParts };

export function isParted(prepared: PreparedCall): prepared is PartedCall {
  return prepared.parts !== undefined;
}

/** The cache status of a call that got no stored response. */
export function statusWithoutHit({ read, write }: CacheControls): CacheStatus {
  if (read) return 'MISS';
  return write ? 'REFRESH' : 'BYPASS';
}
