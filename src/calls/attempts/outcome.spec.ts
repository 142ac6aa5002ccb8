import type { Price } from '../../pricing/price';
import * as fc from 'fast-check';
import { USAGE_PUSD, USAGE_TOKENS } from '../testing/answers';
import { aPrice } from '../testing/builders';
import { answerCost, failedOutcome, savedOutcome } from './outcome';

const TIMING = { latencyMs: 12, ttftMs: null };

describe('the outcome of a call', () => {
  it('that failed has no tokens and no cost', () => {
    expect(failedOutcome('gpt-4.1', 503, 'overloaded', TIMING)).toMatchObject({
      state: 'failed',
      status: 503,
      errorCode: 'overloaded',
      usage: { inputTokens: 0, outputTokens: 0 },
      costPusd: 0n,
      listCostPusd: 0n,
      latencyMs: 12,
    });
  });

  it('that another call paid for saves its list price', () => {
    const answer = { usage: USAGE_TOKENS, listCostPusd: USAGE_PUSD, upstreamModel: undefined };
    expect(savedOutcome(answer, 'cache', TIMING)).toMatchObject({
      state: 'settled',
      status: 200,
      upstreamModel: null,
      usage: USAGE_TOKENS,
      costPusd: 0n,
      listCostPusd: USAGE_PUSD,
      savedBy: 'cache',
      estimated: false,
    });
  });
});

describe('the cost of an answer', () => {
  it('is listed at the dearer of the asked model and the one that answered', () => {
    const cheaper = aPrice({ inputPusd: 1n, outputPusd: 1n });
    const dearer = aPrice({ inputPusd: 20n, outputPusd: 200n });
    expect(answerCost(USAGE_TOKENS, pricesOf(aPrice(), dearer))).toEqual({
      listPusd: 2n * USAGE_PUSD,
      costPusd: USAGE_PUSD,
      savedBy: 'routing',
      estimated: false,
    });
    expect(answerCost(USAGE_TOKENS, { ...pricesOf(aPrice(), dearer), savedBy: 'batch' }).savedBy).toBe('batch');
    for (const asked of [cheaper, aPrice(), undefined])
      expect(answerCost(USAGE_TOKENS, pricesOf(aPrice(), asked))).toEqual({
        listPusd: USAGE_PUSD,
        costPusd: USAGE_PUSD,
        savedBy: null,
        estimated: false,
      });
  });

  it('is never more than its list price, and says why where it is less', () => {
    const price = fc.record({ inputPusd: pusd(), cachedInputPusd: pusd(), cacheWritePusd: pusd(), outputPusd: pusd() });
    const usage = fc.record({ inputTokens: fc.nat(900), cached: fc.nat(900), outputTokens: fc.nat(900) });
    fc.assert(
      fc.property(price, fc.option(price), usage, (own, asked, { cached, ...tokens }) => {
        const cachedInputTokens = Math.min(cached, tokens.inputTokens);
        const counted = { ...tokens, cachedInputTokens, reasoningTokens: 0 };
        const { listPusd, costPusd, savedBy } = answerCost(
          counted,
          pricesOf(aPrice(own), asked ? aPrice(asked) : undefined),
        );
        expect(costPusd >= 0n && listPusd >= costPusd).toBe(true);
        expect(savedBy === null).toBe(listPusd === costPusd);
      }),
    );
  });
});

it('an advisor is charged at its own price, and its guess makes the cost one', () => {
  const usage = { ...USAGE_TOKENS, otherModels: [{ model: 'advisor', usage: USAGE_TOKENS }] };
  const dearer = aPrice({ inputPusd: 20n, outputPusd: 200n, estimated: true });
  const { costPusd, estimated } = answerCost(usage, { ...pricesOf(aPrice(), undefined), priceOf: () => dearer });
  expect([costPusd, estimated]).toEqual([3n * USAGE_PUSD, true]);
});

function pricesOf(price: Price, askedPrice: Price | undefined) {
  return { price, askedPrice, priceOf: () => price };
}

function pusd() {
  return fc.bigInt(0n, 1_000n);
}
