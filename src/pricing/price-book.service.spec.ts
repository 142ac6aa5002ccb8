import type { NewAlert } from '../alerts/alert';
import type { AlertsService } from '../alerts/alerts.service';
import type { GatewayConfig } from '../config/gateway-config';
import type { ChangeFeed } from '../database/change-feed.service';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import { costOf } from './price';
import { atClock } from './off-peak';
import { PriceBook, toPrice } from './price-book.service';
import type { PriceRow } from './price-row';
import type { PricesRepository } from './prices.repository';

const raised: NewAlert[] = [];
const alerts = { raise: (alert: NewAlert) => void raised.push(alert) } as Partial<AlertsService> as AlertsService;
const repositoryOf = (rows: PriceRow[]) => ({ all: () => Promise.resolve(rows) }) as PricesRepository;
const changeFeed = { onChange: () => undefined } as unknown as ChangeFeed;
const registry: Pick<ProviderRegistry, 'isSimulated' | 'onReload'> = {
  isSimulated: (name) => name === 'simulator',
  onReload: () => undefined,
};
const bookOf = (prices: GatewayConfig['prices'], rows: PriceRow[]) =>
  new PriceBook({ prices } as GatewayConfig, repositoryOf(rows), changeFeed, registry as ProviderRegistry, alerts);
const bookWith = (prices: GatewayConfig['prices'] = {}) => {
  const book = bookOf(prices, []);
  const priceOf = (publicName: string, upstreamModel: string) =>
    book.of({ publicName, upstreamModel, provider: 'openai' }, 'team_1', 0);
  return { catalogue: book.catalogue, priceOf };
};
const row = (input: string, output: string, cached?: string) => ({
  input_usd_per_mtok: input,
  output_usd_per_mtok: output,
  ...(cached !== undefined && { cached_input_usd_per_mtok: cached }),
});
const book = bookWith();

describe('the price book', () => {
  it('has the prices of the catalogue', () => {
    expect(book.priceOf('gpt-4.1', 'gpt-4.1')).toBe(book.catalogue.get('gpt-4.1')?.price);
    expect(book.priceOf('gpt-4.1', 'gpt-4.1')).toMatchObject({ inputPusd: 2_000_000n, estimated: false });
  });

  it.each(['gpt-4.1', 'a model in no catalogue'])('charges nothing for %s of the simulator (N1)', (name) => {
    const usage = { inputTokens: 10, cachedInputTokens: 1, outputTokens: 10, reasoningTokens: 1 };
    const priced = { publicName: name, upstreamModel: name, provider: 'simulator' };
    const priceBook = bookOf({ [name]: row('8.00', '32.00') }, []);
    for (const price of [priceBook.of(priced, 'team_1', 0), priceBook.at(priced, 'team_1', 0)]) {
      expect(costOf(usage, price)).toEqual({ listPusd: 0n, costPusd: 0n });
      expect(price.estimated).toBe(false);
    }
  });

  it('charges the price of the upstream model, not that of the public name', () => {
    expect(book.priceOf('gpt-4.1', 'gpt-4.1-mini')).toEqual(book.catalogue.get('gpt-4.1-mini')?.price);
    expect(book.priceOf('resilient', 'gpt-4.1')).toEqual(book.catalogue.get('gpt-4.1')?.price);
  });

  it("gives each model of the catalogue its own price, also if another vendor's model has the same name", () => {
    for (const model of book.catalogue.values()) {
      if (model.price)
        expect([model.name, book.priceOf(model.name, model.upstreamModel)]).toEqual([
          model.name,
          atClock(model.price, 0).price,
        ]);
    }
  });

  it('prefers the price in gateway.yaml, by public name and by upstream name', () => {
    const own = bookWith({ 'gpt-4.1': row('8.00', '32.00', '0.5'), 'my-llama': row('0.000001', '0') });
    const configured = { inputPusd: 8_000_000n, cachedInputPusd: 500_000n, outputPusd: 32_000_000n, estimated: false };
    expect(own.priceOf('gpt-4.1', 'gpt-4.1-2025-04-14')).toMatchObject(configured);
    expect(own.priceOf('resilient', 'gpt-4.1')).toMatchObject(configured);
    expect(own.priceOf('llama', 'my-llama')).toMatchObject({ inputPusd: 1n, cachedInputPusd: 1n, outputPusd: 0n });
    expect(own.priceOf('gpt-4.1-mini', 'gpt-4.1-mini')).toEqual(book.catalogue.get('gpt-4.1-mini')?.price);
  });

  it('accepts a price of zero for cached input', () => {
    expect(bookWith({ m: row('1', '1', '0') }).priceOf('m', 'm').cachedInputPusd).toBe(0n);
  });

  it('charges a model without a known price at the highest prices, marked as estimated', () => {
    const ceiling = book.priceOf('no-such-model', 'no-such-model');
    expect(ceiling.estimated).toBe(true);
    expect(ceiling.inputPusd > 0n && ceiling.cachedInputPusd > 0n && ceiling.outputPusd > 0n).toBe(true);
    for (const { name, price } of book.catalogue.values()) {
      for (const each of price ? [price, ...price.tiers] : []) {
        expect([name, each.inputPusd <= ceiling.inputPusd, each.cachedInputPusd <= ceiling.cachedInputPusd]).toEqual([
          name,
          true,
          true,
        ]);
        expect([name, each.outputPusd <= ceiling.outputPusd]).toEqual([name, true]);
      }
    }
  });

  it('treats a catalogue model without a price as unknown', () => {
    const unpriced = [...book.catalogue.values()].find((model) => model.mode === 'chat' && !model.price);
    expect(book.priceOf(unpriced?.name ?? '', unpriced?.upstreamModel ?? '').estimated).toBe(true);
  });

  it('N11: alerts once of a model whose calls are charged at a guessed price, not where it is only shown', () => {
    const own = bookOf({ priced: row('1', '1') }, []);
    const priced = { publicName: 'priced', upstreamModel: 'no-such-model', provider: 'openai' };
    const unknown = { publicName: 'house', upstreamModel: 'no-such-model', provider: 'openai' };
    raised.length = 0;
    own.of(unknown, 'team_1', 0);
    own.ofCall(priced, 'team_1', 0);
    own.ofCall({ ...unknown, provider: 'simulator' }, 'team_1', 0);
    expect(raised).toEqual([]);
    expect(own.ofCall(unknown, 'team_1', 0)).toBe(own.ofCall(unknown, 'team_2', 0));
    own.ofCall({ ...unknown, publicName: 'other' }, 'team_1', 0);
    expect(raised).toMatchObject([
      {
        kind: 'price_unknown',
        severity: 'warning',
        dedupeKey: 'price_unknown:house',
        teamId: null,
        data: {
          model: 'house',
          deployment: 'openai/no-such-model',
          input_usd_per_mtok: expect.stringMatching(/^\d+$/),
          output_usd_per_mtok: expect.stringMatching(/^\d+$/),
        },
      },
      { data: { model: 'other' } },
    ]);
  });

  it.each(['constructor', '__proto__', 'toString', ''])('does not find a price for "%s"', (name) => {
    expect(bookWith({}).priceOf(name, name).estimated).toBe(true);
  });
});

describe('prices that administrators set', () => {
  const GPT = { publicName: 'gpt-4.1', upstreamModel: 'gpt-4.1', provider: 'openai' };
  const priceRow = (id: string, members: Partial<PriceRow>): PriceRow => ({
    id,
    model: 'gpt-4.1',
    provider: null,
    teamId: null,
    validFromMs: 0,
    price: toPrice({ input_usd_per_mtok: '1', output_usd_per_mtok: '1' }),
    multiplierMillionths: null,
    source: 'admin',
    note: null,
    createdBy: 'admin',
    createdAt: new Date(0),
    ...members,
  });
  const inputAt = async (rows: PriceRow[], timeMs: number, teamId = 'team_1', prices: GatewayConfig['prices'] = {}) => {
    const own = bookOf(
      prices,
      rows.toSorted((a, b) => b.validFromMs - a.validFromMs || (a.id < b.id ? 1 : -1)),
    );
    await own.onModuleInit();
    const { id, inputPusd } = own.of(GPT, teamId, timeMs);
    return [id, inputPusd];
  };
  const dollars = (usd: string) => toPrice({ input_usd_per_mtok: usd, output_usd_per_mtok: usd });

  it('are in force from their time until a later price is', async () => {
    const rows = [
      priceRow('p1', { validFromMs: 1000, price: dollars('1') }),
      priceRow('p2', { validFromMs: 2000, price: dollars('3') }),
    ];
    const own = bookOf({}, rows.toReversed());
    await own.onModuleInit();
    // The same object at increasing times, as for a deployment.
    const seen = [999, 1000, 1999, 2000, 2001].map((timeMs) => own.of(GPT, 'team_1', timeMs).inputPusd);
    expect(seen).toEqual([2_000_000n, 1_000_000n, 1_000_000n, 3_000_000n, 3_000_000n]);
    expect(own.at(GPT, 'team_1', 1500).id).toBe('p1');
  });

  it('apply in this order: team, provider, gateway.yaml, everybody', async () => {
    const everybody = priceRow('p1', { price: dollars('1') });
    const provider = priceRow('p2', { provider: 'openai', price: dollars('3') });
    const team = priceRow('p3', { teamId: 'team_1', price: dollars('4') });
    const both = priceRow('p4', { teamId: 'team_1', provider: 'openai', price: dollars('5') });
    const yaml = { 'gpt-4.1': row('9', '9') };
    expect(await inputAt([everybody], 0)).toEqual(['p1', 1_000_000n]);
    expect(await inputAt([everybody], 0, 'team_1', yaml)).toEqual([null, 9_000_000n]);
    expect(await inputAt([everybody, provider], 0, 'team_1', yaml)).toEqual(['p2', 3_000_000n]);
    expect(await inputAt([everybody, provider, team], 0)).toEqual(['p3', 4_000_000n]);
    expect(await inputAt([everybody, provider, team], 0, 'team_2')).toEqual(['p2', 3_000_000n]);
    expect(await inputAt([everybody, provider, team, both], 0)).toEqual(['p4', 5_000_000n]);
    expect(await inputAt([priceRow('p5', { provider: 'azure' })], 0)).toEqual([null, 2_000_000n]);
  });

  it('of imported catalogues apply after those of administrators, and only to names in the catalogue', async () => {
    const imported = priceRow('p1', { source: 'import', price: dollars('1') });
    expect(await inputAt([imported], 0)).toEqual(['p1', 1_000_000n]);
    const older = priceRow('p0', { validFromMs: -1, price: dollars('3') });
    expect(await inputAt([imported, older], 0)).toEqual(['p0', 3_000_000n]);
    const own = bookOf({}, [imported]);
    await own.onModuleInit();
    const routed = { publicName: 'gpt-4.1', upstreamModel: 'gpt-4.1-mini', provider: 'openai' };
    expect(own.of(routed, 'team_1', 0).id).toBeNull();
  });

  it('multiply the price that would apply without them, for one model or for all', async () => {
    const discount = priceRow('p1', { model: null, teamId: 'team_1', multiplierMillionths: 800_000n });
    expect(await inputAt([discount], 0)).toEqual(['p1', 1_600_000n]);
    const own = priceRow('p0', { price: dollars('1') });
    expect(await inputAt([own, discount], 0)).toEqual(['p1', 800_000n]);
    expect(await inputAt([discount], 0, 'team_2')).toEqual([null, 2_000_000n]);
  });
});
