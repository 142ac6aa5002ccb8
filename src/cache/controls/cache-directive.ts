import { type CacheControlName, MAX_TTL_SECONDS } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';

/** One thing that a call asks of the cache, whichever of its spellings was sent. */
export type CacheDirective =
  | { control: Exclude<CacheControlName, 'ttl' | 's-maxage' | 'namespace'> }
  | { control: 'ttl' | 's-maxage'; seconds: number }
  | { control: 'namespace'; namespace: string };

/** A wish, with the member or header that it came in, for words about it. */
export type SentDirective = CacheDirective & { param: string };

const MAX_NAMESPACE_LENGTH = 1_024;

/** Seconds for which to keep an answer. */
export function ttl(seconds: number, param: string): CacheDirective {
  return { control: 'ttl', seconds: checked(seconds, param, 1) };
}

/** Seconds that an answer may be old. */
export function maxAge(seconds: number, param: string): CacheDirective {
  return { control: 's-maxage', seconds: checked(seconds, param, 0) };
}

export function namespace(value: unknown, param: string): CacheDirective {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAMESPACE_LENGTH)
    throw invalidControl(param, `must be text of 1 to ${MAX_NAMESPACE_LENGTH} characters`);
  return { control: 'namespace', namespace: value };
}

/** What is wrong with a control, by the name of the member or header. */
export function invalidControl(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', { message: `'${param}' ${problem}.`, param });
}

function checked(seconds: number, param: string, least: number): number {
  if (Number.isInteger(seconds) && seconds >= least && seconds <= MAX_TTL_SECONDS) return seconds;
  throw invalidControl(param, `must be whole seconds, from ${least} to ${MAX_TTL_SECONDS}`);
}
