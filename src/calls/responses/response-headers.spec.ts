import { validateHeaderValue } from 'node:http';
import * as fc from 'fast-check';
import { responseHeaders, type ResponseOrigin } from './response-headers';

const ORIGIN: ResponseOrigin = {
  provider: 'openai',
  upstreamModel: 'gpt-4.1-2026',
  attempts: 2,
  ttlSeconds: undefined,
  settlement: undefined,
  dropped: undefined,
};

describe('the headers of a response', () => {
  it('of a stream say no cost, which is not known yet', () => {
    expect(responseHeaders('MISS', 'key', ORIGIN)).toEqual({
      'x-cache-status': 'MISS',
      'x-cache-key': 'key',
      'x-gateway-provider': 'openai',
      'x-gateway-model': 'gpt-4.1-2026',
      'x-gateway-attempts': '2',
    });
  });

  it('name the parameters that the vendor lacks', () => {
    const headers = responseHeaders('MISS', 'key', { ...ORIGIN, dropped: ['seed', 'logit_bias'] });
    expect(headers['x-gateway-dropped-params']).toBe('seed, logit_bias');
  });

  it('say how long the answer is stored, and what it cost and saved', () => {
    const settlement = { cacheStatus: 'MISS' as const, listCostPusd: 5n, costPusd: 3_000_000n, savedPusd: 2n };
    expect(responseHeaders('MISS', 'key', { ...ORIGIN, ttlSeconds: 60, settlement })).toMatchObject({
      'x-cache-ttl': '60',
      'x-gateway-cost-usd': '0.000003',
      'x-gateway-saved-usd': '0.000000000002',
    });
  });

  // A14: the upstream chooses its model's name.
  it('are headers whatever name the upstream’s model has', () => {
    const anything = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
    fc.assert(
      fc.property(anything, anything, (upstreamModel, key) => {
        const headers = responseHeaders('HIT', key, { ...ORIGIN, upstreamModel });
        for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
      }),
    );
    expect(responseHeaders('HIT', 'k', { ...ORIGIN, upstreamModel: '모델' })['x-gateway-model']).toBe(
      encodeURIComponent('모델'),
    );
  });
});
