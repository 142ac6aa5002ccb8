import { multiplied, type Price } from './price';

/**
 * The tiers that cost the price that the call has. `auto` lets the vendor choose; the response names the tier that it chose.
 * `batch` is the tier of lines that a vendor's batch ran, whose price is that of batches.
 */
const STANDARD = new Set(['default', 'standard', 'on_demand', 'auto', 'scale', 'batch']);

/**
 * What other tiers cost where the catalogue does not list them, as millionths of the model's price: marked as estimated.
 *
 * @see https://platform.openai.com/docs/pricing priority, flex
 * @see https://docs.fireworks.ai/guides/large-workloads spot
 * @see https://platform.claude.com/docs/en/about-claude/pricing fast, us, both
 */
const MILLIONTHS = new Map([
  ['priority', 2_000_000n],
  ['fast', 2_000_000n],
  ['ultrafast', 6_000_000n],
  ['flex', 500_000n],
  ['spot', 500_000n],
  ['us', 1_100_000n],
  ['fast-us', 2_200_000n],
]);

/** Whether a tier costs the model's price. */
export function isStandardTier(tier: string): boolean {
  return STANDARD.has(tier);
}

/**
 * The price of a call that a vendor served in a tier; at the model's price, marked as estimated, in a tier that is unknown.
 *
 * @param asked what the call requested: where it is another tier than the standard one and the response names none, which one
 * the vendor charges is not known
 */
export function priceInTier(price: Price, tier: string | undefined, asked?: string): Price {
  if (isFree(price)) return price;
  if (tier === undefined) return asked === undefined || STANDARD.has(asked) ? price : { ...price, estimated: true };
  if (isStandardTier(tier)) return price;
  const known = price.serviceTiers?.[tier];
  if (known) return { ...price, ...known };
  const millionths = MILLIONTHS.get(tier);
  const inTier = millionths === undefined ? price : multiplied(price, millionths, price.id);
  return { ...inTier, estimated: true };
}

/** The price that budgets hold for a call that requests a tier: a vendor may serve a cheaper tier as the standard one. */
export function holdPriceInTier(price: Price, tier: string | undefined): Price {
  if (tier === undefined) return price;
  const inTier = priceInTier(price, tier);
  return inTier.inputPusd > price.inputPusd || inTier.outputPusd > price.outputPusd ? inTier : price;
}

function isFree({ inputPusd, outputPusd }: Price): boolean {
  return inputPusd === 0n && outputPusd === 0n;
}
