import { product } from '../product.mjs';
import { MODELS } from '../models.mjs';

const { loadCatalogue } = product('pricing/catalogue');
const { costOf } = product('pricing/price');
const { batchPrice } = product('pricing/batch-price');

/** What the vendors of the demo take for lines of batches. */
const HALF = { millionths: 500_000, stacks: true };
/** As in the demo's gateway.yaml, in pico-dollars a token. */
const HANBIT = {
  inputPusd: 600_000n,
  cachedInputPusd: 600_000n,
  cacheWritePusd: 600_000n,
  outputPusd: 2_400_000n,
  reasoningPusd: 2_400_000n,
  id: null,
  tiers: [],
  batch: undefined,
  estimated: false,
};

const catalogue = loadCatalogue();
const prices = new Map(
  Object.entries(MODELS).map(([name, { asks }]) => [name, asks ? HANBIT : catalogue.get(name)?.price]),
);
for (const [name, price] of prices) if (!price) throw new Error(`The catalogue has no price of ${name}.`);

/** List cost and cost of a call, in pico-dollars. @param usage as the gateway's `TokenUsage` */
export function costOfCall(model, usage) {
  return costOf(usage, prices.get(model));
}

/** List cost and cost of a line of a vendor's batch, in pico-dollars. */
export function costOfLine(model, usage) {
  const { listPusd } = costOf(usage, prices.get(model));
  return { listPusd, costPusd: costOf(usage, batchPrice(prices.get(model), HALF)).costPusd };
}
