import { VENDORS } from '@thriftgate/providers';
import { aPrice } from '../calls/testing/builders';
import { Clock } from '../common/clock';
import type { Price } from '../pricing/price';
import type { PriceBook } from '../pricing/price-book.service';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import type { Model } from './model';
import { aDeployment, aModel } from './testing/a-model';
import { WaitingOffers } from './waiting-offers.service';

const LIST = aPrice();

describe('WaitingOffers', () => {
  let price: Price;
  beforeEach(() => (price = LIST));

  const waiting = () =>
    new WaitingOffers(
      {
        find: (name: string) => (name in VENDORS ? { api: VENDORS[name as keyof typeof VENDORS].api } : undefined),
      } as unknown as ProviderRegistry,
      { of: () => price } as Partial<PriceBook> as PriceBook,
      new Clock(),
    );
  const modelAt = (provider: string, members: Partial<Model> = {}) => {
    const deployment = aDeployment({ provider, upstreamModel: 'u' });
    return aModel({ family: 'u', deployments: [deployment], ...members });
  };
  const waysAt = (provider: string, members?: Partial<Model>) =>
    waiting()
      .of(modelAt(provider, members), 'team_1')
      ?.offers.map(({ way, price: { inputPusd, cachedInputPusd } }) => [way, inputPusd, cachedInputPusd]);

  it.each([
    ['openai', [['batch', 5n, 1n]]],
    ['anthropic', [['batch', 5n, 1n]]],
    ['xai', [['batch', 8n, 2n]]],
    ['groq', [['batch', 5n, 5n]]],
    ['moonshot', [['batch', 6n, 6n]]],
    ['deepseek', []],
    ['upstage', []],
    ['simulator', []],
  ])('are those of the vendor: %s', (provider, expected) => expect(waysAt(provider)).toEqual(expected));

  it('have the batch price of the catalogue first', () => {
    price = { ...LIST, batch: { ...LIST, inputPusd: 4n, cachedInputPusd: 4n } };
    expect(waysAt('openai')).toEqual([['batch', 4n, 4n]]);
  });

  it('have flex where the catalogue has its price', () => {
    price = { ...LIST, serviceTiers: { flex: { ...LIST, inputPusd: 3n, tiers: [] } } };
    expect(waysAt('upstage')).toEqual([['flex', 3n, 2n]]);
    expect(waysAt('openai')?.map(([way]) => way)).toEqual(['batch', 'flex']);
  });

  it.each([
    ['openai', 'embedding', 1],
    ['anthropic', 'embedding', 0],
    ['groq', 'embedding', 0],
    ['openai', 'image_generation', 0],
    ['openai', 'responses', 1],
  ])('%s, models for %s', (provider, mode, count) => expect(waysAt(provider, { mode })).toHaveLength(count));

  it('are none where the price is a guess, or the answers would be of another model', () => {
    expect(waysAt('openai', { family: 'other' })).toEqual([]);
    price = { ...LIST, estimated: true };
    expect(waysAt('openai')).toBeUndefined();
  });
});
