import { randomInt } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** Seeding from the system's generator once a millisecond is enough: within one the ids count up. */
const nextUlid = monotonicFactory(() => randomInt(0, 2 ** 32) / 2 ** 32);

/** A new id of a call: a ULID, so ids sort by time. @see https://github.com/ulid/spec */
export function newRequestId(): string {
  return nextUlid();
}

/** A new id of a stored thing, as `team_01J…`. */
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
    | 'share',
): string {
  return `${prefix}_${nextUlid()}`;
}
