import type { BatchDiscount } from '@thriftgate/providers';
import { multiplied, type Price, type RateCard, type TokenPrices } from './price';

/**
 * What a vendor's batch charges: the catalogue's batch prices where it has them, else the list price with the vendor's
 * discount. Long contexts have their tiers in batches too.
 *
 * @see https://platform.openai.com/docs/pricing batch
 * @see https://platform.claude.com/docs/en/about-claude/pricing batch
 */
export function batchPrice(price: Price, discount: BatchDiscount): Price {
  const { millionths, stacks } = discount;
  const lowered = multiplied({ ...price, serviceTiers: undefined, offPeak: undefined }, BigInt(millionths), price.id);
  const card: RateCard = { ...lowered, ...price.batch, tiers: lowered.tiers };
  return { ...lowered, ...(stacks ? card : withoutCacheDiscount(card)), batch: undefined };
}

function withoutCacheDiscount(card: RateCard): RateCard {
  const asInput = <Prices extends TokenPrices>(prices: Prices): Prices => ({
    ...prices,
    cachedInputPusd: prices.inputPusd,
  });
  return { ...asInput(card), tiers: card.tiers.map(asInput) };
}
