import { type CacheControlName, MAX_TTL_SECONDS } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';

/** One cache directive of a call, independent of its spelling. */
export type CacheDirective =
  | { control: Exclude<CacheControlName, 'ttl' | 's-maxage' | 'namespace' | 'store-tool-calls'> }
  | { control: 'ttl' | 's-maxage'; seconds: number }
  | { control: 'namespace'; namespace: string }
  | { control: 'store-tool-calls'; store: boolean };

/** A directive, with the member or header that it came in, for error messages. */
export type SentDirective = CacheDirective & { param: string };

const MAX_NAMESPACE_LENGTH = 1_024;

/** How long the response may be stored. @throws GatewayError `invalid_request` unless it is whole seconds from 1 */
export function ttl(seconds: number, param: string): CacheDirective {
  return { control: 'ttl', seconds: checked(seconds, param, 1) };
}

/** The greatest age of a stored response. @throws GatewayError `invalid_request` unless it is whole seconds from 0 */
export function maxAge(seconds: number, param: string): CacheDirective {
  return { control: 's-maxage', seconds: checked(seconds, param, 0) };
}

/** The caller's partition of its cache. @throws GatewayError `invalid_request` unless it is a short text */
export function namespace(value: unknown, param: string): CacheDirective {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAMESPACE_LENGTH)
    throw invalidControl(param, `must be text of 1 to ${MAX_NAMESPACE_LENGTH} characters`);
  return { control: 'namespace', namespace: value };
}

/** The error about a control. @param param the member or header that it came in */
export function invalidControl(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', { message: `'${param}' ${problem}.`, param });
}

function checked(seconds: number, param: string, least: number): number {
  if (Number.isInteger(seconds) && seconds >= least && seconds <= MAX_TTL_SECONDS) return seconds;
  throw invalidControl(param, `must be whole seconds, from ${least} to ${MAX_TTL_SECONDS}`);
}
