import { randomInt } from 'node:crypto';
import { encodeTime, monotonicFactory } from 'ulid';

/** How far ids stay ahead of a clock that was set back, in order to sort by time; one that was wrong by more is followed. */
const MOST_AHEAD_MS = 5_000;

/** The characters of a ULID that are its time. */
const TIME_CHARACTERS = 10;

/** Random bits are read once a millisecond; ids of the same millisecond count up. */
const newFactory = () => monotonicFactory(() => randomInt(0, 2 ** 32) / 2 ** 32);

let factory = newFactory();
let newestMs = 0;

function nextUlid(): string {
  const nowMs = Date.now();
  if (nowMs > newestMs) newestMs = nowMs;
  else if (nowMs < newestMs - MOST_AHEAD_MS) {
    factory = newFactory();
    newestMs = nowMs;
  }
  return factory(nowMs);
}

/** A new request id: a ULID, so ids sort by time. @see https://github.com/ulid/spec */
export function newRequestId(): string {
  return nextUlid();
}

/**
 * Sorts after each ULID of an earlier millisecond, and before those of this millisecond and later ones.
 *
 * @param timeMs milliseconds since 1970; before 1970 as at its start
 */
export function leastUlid(timeMs: number): string {
  return encodeTime(Math.max(0, timeMs), TIME_CHARACTERS);
}

/** A new id of a stored object, such as `team_01J…`. */
export function newId(
  prefix:
    | 'team'
    | 'key'
    | 'file'
    | 'batch'
    | 'instance'
    | 'budget'
    | 'price'
    | 'alert'
    | 'transfer'
    | 'webhook'
    | 'audit'
    | 'share'
    | 'provider_key'
    | 'shard'
    | 'session',
): string {
  return `${prefix}_${nextUlid()}`;
}
