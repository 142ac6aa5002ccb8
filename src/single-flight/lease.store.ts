import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RedisConnection } from '../redis/redis.connection';

/** How long a lease is valid unless its leader renews it. */
export const LEASE_MS = 750;
/** How long a fence is kept: longer than any leader that lost its lease may continue. */
const FENCE_MS = 60_000;

/** Takes a lease that is free or already this replica's, with a fence higher than all earlier ones. */
const TAKE = `local held = redis.call('get', KEYS[1])
if held and string.sub(held, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then return held end
local fence = redis.call('incr', KEYS[2])
redis.call('pexpire', KEYS[2], ARGV[3])
local mine = ARGV[1] .. ' ' .. fence
redis.call('set', KEYS[1], mine, 'px', ARGV[2])
return mine`;
/** Also renews an expired lease if no other replica has held it in the meantime. */
const RENEW = `local held = redis.call('get', KEYS[1])
local fence = string.sub(ARGV[1], string.find(ARGV[1], ' ') + 1)
if held ~= ARGV[1] and (held or redis.call('get', KEYS[2]) ~= fence) then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
redis.call('pexpire', KEYS[2], ARGV[3])
return 1`;
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`;

/** Who leads a flight: a replica, and the fence, which rises with each lease of the flight. */
export interface Lease {
  replica: string;
  fence: number;
}

/** Leases of flights in Redis: one replica calls the upstream, and the others get its response. */
@Injectable()
export class FlightLeaseStore {
  /** The id of this replica. */
  readonly replica = randomUUID();

  constructor(private readonly redis: RedisConnection) {}

  get isConfigured(): boolean {
    return this.redis.isConfigured;
  }

  /**
   * @returns the lease in force, and whether Redis already has a response
   * @throws RedisAwayError
   */
  async take(name: string, cacheKey: string): Promise<{ lease: Lease; stored: boolean }> {
    const args = { keys: keysOf(name), arguments: [this.replica, String(LEASE_MS), String(FENCE_MS)] };
    const [held, stored] = await this.redis.run((client) =>
      Promise.all([client.eval(TAKE, args), client.exists(cacheKey)]),
    );
    return { lease: parse(String(held)), stored: stored > 0 };
  }

  /** @returns false when another replica leads the flight. @throws RedisAwayError */
  async renew(name: string, lease: Lease): Promise<boolean> {
    const args = { keys: keysOf(name), arguments: [textOf(lease), String(LEASE_MS), String(FENCE_MS)] };
    return (await this.redis.run((client) => client.eval(RENEW, args))) === 1;
  }

  /** The lease in force. @throws RedisAwayError */
  async holder(name: string): Promise<Lease | undefined> {
    const held = await this.redis.run((client) => client.get(keysOf(name)[0]));
    return held === null ? undefined : parse(held);
  }

  async release(name: string, lease: Lease): Promise<void> {
    const args = { keys: keysOf(name), arguments: [textOf(lease)] };
    await this.redis.run((client) => client.eval(RELEASE, args)).catch(() => undefined);
  }
}

/** With the name in braces, so that a cluster stores both keys in one slot. */
function keysOf(name: string): [string, string] {
  return [`ai_flight:{${name}}:lease`, `ai_flight:{${name}}:fence`];
}

function textOf({ replica, fence }: Lease): string {
  return `${replica} ${fence}`;
}

function parse(text: string): Lease {
  const [replica = '', fence] = text.split(' ');
  return { replica, fence: Number(fence) };
}
