import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { RedisThrottlerStore } from '../../limits/redis-throttler.store';

const MINUTE_MS = 60_000;
/** Failed sign-ins a minute: of one address, and of all. */
const MOST_OF_ADDRESS = 5;
const MOST_OF_ALL = 100;
/** Sessions a minute with one key, so that its holder cannot fill the table. */
const MOST_OF_KEY = 20;
const ALL = 'sign-in:all';

/** Counts failed sign-ins over all replicas, against guessing of keys. */
@Injectable()
export class SignInLimits {
  constructor(private readonly counts: RedisThrottlerStore) {}

  /** @throws GatewayError `rate_limit_exceeded` after too many failed sign-ins */
  async requireFew(address: string): Promise<void> {
    await this.require(countOf(address), MOST_OF_ADDRESS, 'from this address');
    await this.require(ALL, MOST_OF_ALL, 'in all');
  }

  async failed(address: string): Promise<void> {
    await this.counts.increment(countOf(address), MINUTE_MS, MOST_OF_ADDRESS);
    await this.counts.increment(ALL, MINUTE_MS, MOST_OF_ALL);
  }

  /** @throws GatewayError `rate_limit_exceeded` after too many sessions of a key */
  async succeeded(keyId: string): Promise<void> {
    const { isBlocked, timeToBlockExpire } = await this.counts.increment(`sign-in:${keyId}`, MINUTE_MS, MOST_OF_KEY);
    if (isBlocked) throw tooMany(`${MOST_OF_KEY} sign-ins with this key in a minute`, timeToBlockExpire);
  }

  private async require(count: string, most: number, where: string): Promise<void> {
    const { used, resetMs } = await this.counts.usageOf(count);
    if (used >= most) throw tooMany(`${most} failed sign-ins ${where} in a minute`, resetMs / 1000);
  }
}

/** One host has a whole IPv6 /64: its addresses count as one. */
function countOf(address: string): string {
  return `sign-in:${isIPv6(address) ? address.split(':').slice(0, 4).join(':') : address}`;
}

function tooMany(what: string, seconds: number): GatewayError {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  const message = `There were ${what}. Try again in ${retryAfterSeconds}s.`;
  return new GatewayError('rate_limit_exceeded', { message, retryAfterSeconds });
}
