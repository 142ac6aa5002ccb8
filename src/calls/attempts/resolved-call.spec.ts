import { aCall, aPreparedCall } from '../testing/builders';
import { intentOf, outputCeiling } from './resolved-call';

const ATTEMPT = { number: 1, provider: 'openai', upstreamModel: 'gpt-4.1' };

describe('the intent of an attempt', () => {
  it('names the call, its attempt and its place in the cache', () => {
    const batch = { batchId: 'batch_1', customId: 'a' };
    const prepared = aPreparedCall(aCall({ stream: true }, { batch, tags: ['nightly'] }));
    expect(intentOf(prepared, 'MISS', ATTEMPT, { priceId: 'price_1', windows: ['budget_1@0'] })).toMatchObject({
      request_id: '01JD000000000000000000000A',
      attempt: 1,
      key_id: 'key_1',
      model: 'gpt-4.1',
      endpoint: '/v1/chat/completions',
      stream: true,
      cache_generation: 1,
      price_id: 'price_1',
      charged: ['budget_1@0'],
      batch_id: 'batch_1',
      custom_id: 'a',
      tags: ['nightly'],
    });
    expect(intentOf(aPreparedCall(), 'MISS', ATTEMPT)).toMatchObject({ price_id: null, charged: null, tags: null });
  });

  it.each(['MISS', 'BYPASS', 'REFRESH'] as const)('tells equal questions by a bigint of the database: %s', (status) => {
    const { question } = intentOf(aPreparedCall(), status, ATTEMPT);
    expect(question).toBe((BigInt('0xabababababababab') >> 1n).toString());
    expect(BigInt(question ?? -1) < 2n ** 63n).toBe(true);
  });

  it.each(['HIT', 'COALESCED'] as const)('tells no question of an answer that costs nothing: %s', (status) => {
    expect(intentOf(aPreparedCall(), status, ATTEMPT).question).toBeNull();
  });
});

describe('the most that a call writes', () => {
  it.each([
    [{ max_tokens: 10, n: 3 }, 100, 30],
    [{}, 100, 100],
    [{}, 10_000, 4_096],
    [{ n: 2 }, undefined, 8_192],
  ])('of %j for a model of %s is %i tokens', (body, ofModel, tokens) => {
    expect(outputCeiling(aPreparedCall(aCall(body)), ofModel)).toBe(tokens);
  });
});
