import type { TokenUsage } from '@thriftgate/providers';
import fc from 'fast-check';
import { ratedFacts } from '../../ledger/rated-facts';
import { costOfCall, FREE, type Price, type RateCard } from '../../pricing/price';
import { priceInTier } from '../../pricing/service-tier';
import { differenceOf } from './correction';
import type { RatedRow } from './rerating.repository';

const pusd = fc.bigInt(0n, 10n ** 9n);
const rates = fc.record({
  inputPusd: pusd,
  cachedInputPusd: pusd,
  cacheWritePusd: pusd,
  longCacheWritePusd: fc.option(pusd, { nil: undefined }),
  outputPusd: pusd,
  reasoningPusd: pusd,
  audioInputPusd: fc.option(pusd, { nil: undefined }),
  cachedAudioPusd: fc.option(pusd, { nil: undefined }),
  audioOutputPusd: fc.option(pusd, { nil: undefined }),
});
const card: fc.Arbitrary<RateCard> = fc
  .tuple(rates, rates)
  .map(([base, above]) => ({ ...base, tiers: [{ ...above, aboveInputTokens: 500 }] }));
const price: fc.Arbitrary<Price> = fc
  .tuple(card, card)
  .map(([base, flex]) => ({ ...FREE, ...base, serviceTiers: { flex } }));

const plain = fc
  .tuple(...Array.from({ length: 8 }, () => fc.nat(999)))
  .map(([input = 0, cached = 0, written = 0, long = 0, output = 0, reasoning = 0, heard = 0, said = 0]): TokenUsage => {
    const cachedInputTokens = cached % (input + 1);
    const cacheWriteTokens = written % (input - cachedInputTokens + 1);
    const audioInputTokens = heard % (input + 1);
    const cachedAudioTokens = long % (Math.min(audioInputTokens, cachedInputTokens) + 1);
    return {
      inputTokens: input,
      cachedInputTokens,
      outputTokens: output,
      reasoningTokens: reasoning % (output + 1),
      ...(cacheWriteTokens > 0 && { cacheWriteTokens, longCacheWriteTokens: long % (cacheWriteTokens + 1) }),
      ...(audioInputTokens > 0 && { audioInputTokens, cachedAudioTokens }),
      ...(said % 2 === 1 && { audioOutputTokens: said % (output + 1) }),
    };
  });
const usage = fc
  .tuple(plain, fc.option(plain, { nil: undefined }), fc.constantFrom(undefined, 'flex', 'priority', 'us'))
  .map(([own, other, serviceTier]) => ({
    ...own,
    ...(other && { otherModels: [{ model: 'advisor', usage: other }] }),
    ...(serviceTier !== undefined && { serviceTier }),
  }));

describe('a row of the ledger', () => {
  it('is re-rated to what its call costs live, in any tier, with long cache writes, sound and advisors', () => {
    fc.assert(
      fc.property(price, price, usage, (own, advisor, used) => {
        const priceOf = () => advisor;
        const inTier = priceInTier(own, used.serviceTier);
        const live = costOfCall(used, inTier, priceOf);
        // As the journal stores it.
        const rated = JSON.parse(JSON.stringify(ratedFacts(used, false) ?? null));
        const row = {
          input_tokens: used.inputTokens,
          cached_input_tokens: used.cachedInputTokens,
          cache_write_tokens: used.cacheWriteTokens ?? null,
          output_tokens: used.outputTokens,
          reasoning_tokens: used.reasoningTokens,
          rated,
          cache_status: 'MISS',
          saved_by: null,
          corrected_list_pusd: 0n,
          corrected_cost_pusd: 0n,
        } as Partial<RatedRow> as RatedRow;
        expect(differenceOf(row, inTier, priceOf)).toEqual({ listPusd: live.listPusd, costPusd: live.costPusd });
      }),
    );
  });
});
