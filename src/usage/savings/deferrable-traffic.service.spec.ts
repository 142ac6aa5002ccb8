import { aModel, aPrice } from '../../calls/testing/builders';
import type { ModelRegistry } from '../../models/model-registry.service';
import type { WaitingOffer, WaitingOffers } from '../../models/waiting-offers.service';
import { batchPrice } from '../../pricing/batch-price';
import type { Price } from '../../pricing/price';
import { DeferrableTraffic } from './deferrable-traffic.service';
import type { LiveTraffic, SavingsRepository } from './savings.repository';

/** Ten pico-dollars a token of input, two where it was cached, a hundred a token of output. */
const LIST = aPrice();
const HALF = batchPrice(LIST, { millionths: 500_000, stacks: true });
const HALF_WITHOUT_CACHE = batchPrice(LIST, { millionths: 500_000, stacks: false });
const batch = (price: Price): WaitingOffer => ({ way: 'batch', provider: 'openai', price });
const flex = (price: Price): WaitingOffer => ({ way: 'flex', provider: 'openai', price });

/** Of 1,000 tokens of input, 400 of them cached, and 50 of output: 6,000 + 800 + 5,000. */
const traffic = (members: Partial<LiveTraffic> = {}): LiveTraffic => ({
  teamId: 'team_1',
  model: 'm',
  isBatch: false,
  calls: 3,
  costPusd: 11_800n,
  usage: { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 50, reasoningTokens: 0 },
  ...members,
});

describe('DeferrableTraffic', () => {
  const opportunities = (live: LiveTraffic[], offers: WaitingOffer[] | undefined, listPrice = LIST) =>
    new DeferrableTraffic(
      { live: async () => live } as Partial<SavingsRepository> as SavingsRepository,
      {
        resolve: (name: string) => (name === 'gone' ? undefined : aModel({ name })),
      } as Partial<ModelRegistry> as ModelRegistry,
      { of: () => offers && { listPrice, offers } } as Partial<WaitingOffers> as WaitingOffers,
    ).opportunities({ from: new Date(0), to: new Date(1) });

  it('names the discount of the model in dollars, and what would have to change', async () => {
    expect(await opportunities([traffic()], [batch(HALF)])).toEqual([
      {
        kind: 'deferrable_traffic',
        reason: 'not_batched',
        model: 'm',
        keyId: null,
        calls: 3,
        costPusd: 11_800n,
        couldSavePusd: 5_900n,
        estimated: false,
        setting: expect.stringMatching(/batches.*3h.*openai/),
      },
    ]);
  });

  it('counts that cached input has one discount only where the vendor says so', async () => {
    // 600 and 400 tokens at 5, and 50 at 50, in place of 11,800.
    const [found] = await opportunities([traffic()], [batch(HALF_WITHOUT_CACHE)]);
    expect(found?.couldSavePusd).toBe(11_800n - 7_500n);
    const cached = { inputTokens: 1_000, cachedInputTokens: 1_000, outputTokens: 0, reasoningTokens: 0 };
    // Cached input costs 2, and in a batch 5.
    expect(await opportunities([traffic({ costPusd: 2_000n, usage: cached })], [batch(HALF_WITHOUT_CACHE)])).toEqual(
      [],
    );
  });

  it('sums teams with one model, and keeps lines of short windows apart', async () => {
    const live = [traffic(), traffic({ teamId: 'team_2' }), traffic({ isBatch: true, calls: 8 })];
    const found = await opportunities(live, [batch(HALF)]);
    expect(found.map(({ reason, calls, couldSavePusd }) => [reason, calls, couldSavePusd])).toEqual([
      ['not_batched', 6, 11_800n],
      ['short_window', 8, 5_900n],
    ]);
    expect(found[1]?.setting).toMatch(/completion_window of 3h/);
  });

  it('advises the cheaper of batches and flex, and batches where both cost the same', async () => {
    const third = batchPrice(LIST, { millionths: 333_333, stacks: true });
    const reasonOf = async (offers: WaitingOffer[]) => (await opportunities([traffic()], offers))[0]?.reason;
    expect(await reasonOf([flex(HALF), batch(HALF)])).toBe('not_batched');
    expect(await reasonOf([batch(HALF), flex(third)])).toBe('not_flex');
    expect(await reasonOf([flex(HALF)])).toBe('not_flex');
  });

  it.each([
    ['a model without an offer', traffic(), []],
    ['a model whose price is a guess, or free', traffic(), undefined],
    ['a model that is gone', traffic({ model: 'gone' }), [batch(HALF)]],
    ['calls that cost the lower price already', traffic({ costPusd: 5_900n }), [batch(HALF)]],
    ['an offer that is dearer', traffic(), [batch(batchPrice(LIST, { millionths: 2_000_000, stacks: true }))]],
    ['lines of a batch where flex alone is cheaper', traffic({ isBatch: true }), [flex(HALF)]],
  ])('advises nothing for %s', async (_title, live, offers) => {
    expect(await opportunities([live], offers)).toEqual([]);
  });

  it('takes the same share of long prompts, whose prices are higher', async () => {
    const tiers = [{ ...LIST, inputPusd: 20n, outputPusd: 200n, cachedInputPusd: 4n, aboveInputTokens: 100 }];
    const tiered = { ...LIST, tiers };
    const offer = batch(batchPrice(tiered, { millionths: 500_000, stacks: true }));
    const [found] = await opportunities([traffic({ costPusd: 23_600n })], [offer], tiered);
    expect(found?.couldSavePusd).toBe(11_800n);
  });

  it('claims no more than was paid above the lower price, where prices have risen since', async () => {
    const [found] = await opportunities([traffic({ costPusd: 8_000n })], [batch(HALF)]);
    expect(found?.couldSavePusd).toBe(2_100n);
  });
});
