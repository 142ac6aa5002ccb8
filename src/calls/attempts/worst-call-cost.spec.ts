import fc from 'fast-check';
import { costOfCall } from '../../pricing/price';
import { aPrice } from '../testing/builders';
import { worstCallCost } from './worst-case';

const tokens = fc.nat(5_000);
const rate = fc.bigInt(0n, 500n);
const priceOf = fc
  .record({ inputPusd: rate, cachedInputPusd: rate, cacheWritePusd: rate, outputPusd: rate, audioInputPusd: rate })
  .map((rates) => aPrice({ ...rates, reasoningPusd: rates.outputPusd }));

describe('the worst cost of a call', () => {
  it('is never below what the call costs, with any number of passes of an advisor', () => {
    const passes = fc.array(fc.record({ cached: tokens, output: tokens, spoken: tokens }), { maxLength: 4 });
    fc.assert(
      fc.property(priceOf, priceOf, tokens, tokens, passes, (own, other, input, output, used) => {
        const worst = { inputTokens: input, cachedInputTokens: 0, outputTokens: output, reasoningTokens: 0 };
        const advisor = { model: 'advisor', maxUses: 4, maxOutputTokens: 5_000 };
        const advice = used.reduce((sum, each) => sum + each.output, 0);
        // Each pass and the model after it read what was written so far.
        const read = input + output + advice;
        const otherModels = used.map(({ cached, spoken, output: written }) => ({
          model: 'advisor',
          usage: {
            inputTokens: read,
            cachedInputTokens: Math.min(cached, read),
            audioInputTokens: Math.min(spoken, read),
            outputTokens: written,
            reasoningTokens: 0,
          },
        }));
        const inputTokens = input + used.length * read;
        const usage = { ...worst, inputTokens, otherModels, audioInputTokens: Math.min(input, 10) };
        const held = worstCallCost({ ...worst, audioInputTokens: 1 }, own, {
          advisors: [advisor],
          priceOf: () => other,
          maxOutputOf: () => undefined,
        });
        expect(held >= costOfCall(usage, own, () => other).costPusd).toBe(true);
      }),
    );
  });

  it('without advisors and sound is that of the tokens of text', () => {
    const usage = { inputTokens: 10, cachedInputTokens: 0, outputTokens: 3, reasoningTokens: 0 };
    const none = { advisors: [], priceOf: () => aPrice(), maxOutputOf: () => undefined };
    expect(worstCallCost(usage, aPrice({ audioInputPusd: 1_000n }), none)).toBe(10n * 10n + 3n * 100n);
    expect(worstCallCost({ ...usage, audioInputTokens: 1 }, aPrice({ audioInputPusd: 1_000n }), none)).toBe(10_300n);
  });
});
