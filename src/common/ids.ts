import { randomInt } from 'node:crypto';
import { monotonicFactory } from 'ulid';

/** Random bits are read once a millisecond; ids of the same millisecond count up. */
const nextUlid = monotonicFactory(() => randomInt(0, 2 ** 32) / 2 ** 32);

/** A new request id: a ULID, so ids sort by time. @see https://github.com/ulid/spec */
export function newRequestId(): string {
  return nextUlid();
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
    | 'share',
): string {
  return `${prefix}_${nextUlid()}`;
}
