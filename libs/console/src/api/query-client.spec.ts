import { ThriftgateError } from '@thriftgate/sdk';
import { isSignedOut, pollEvery, shouldRetry } from './query-client';

const error = (status: number) =>
  new ThriftgateError('', { status, code: null, type: null, param: null, requestId: null, retryAfterSeconds: null });

describe('a failed request of the console', () => {
  it('is tried again twice where the gateway or the network failed, never where it was refused', () => {
    for (const status of [400, 401, 403, 404, 409, 429]) expect(shouldRetry(0, error(status))).toBe(false);
    for (const failure of [error(500), error(503), new TypeError('fetch failed')])
      expect([0, 1, 2].map((failures) => shouldRetry(failures, failure))).toEqual([true, true, false]);
  });

  it('with 401 says that there is no session', () => {
    expect([error(401), error(403), new Error('x')].map(isSignedOut)).toEqual([true, false, false]);
  });

  it('polling is spread by a tenth', () => {
    const next = pollEvery(10);
    const waits = Array.from({ length: 100 }, next);
    for (const wait of waits) expect(Math.abs(wait - 10_000)).toBeLessThanOrEqual(1_000);
    expect(new Set(waits).size).toBeGreaterThan(1);
  });
});
