import type { GatewayConfig } from '../config/gateway-config';
import { PriceBook } from './price-book.service';

const bookWith = (prices: GatewayConfig['prices'] = {}) => new PriceBook({ prices } as GatewayConfig);
const row = (input: string, output: string, cached?: string) => ({
  input_usd_per_mtok: input,
  output_usd_per_mtok: output,
  ...(cached !== undefined && { cached_input_usd_per_mtok: cached }),
});
const book = bookWith();

describe('the price book', () => {
  it('knows the catalogue', () => {
    expect(book.priceOf('gpt-4.1', 'gpt-4.1')).toBe(book.catalogue.get('gpt-4.1')?.price);
    expect(book.priceOf('gpt-4.1', 'gpt-4.1')).toMatchObject({ inputPusd: 2_000_000n, estimated: false });
  });

  it('charges what the upstream model costs, whatever its public name costs elsewhere', () => {
    expect(book.priceOf('gpt-4.1', 'gpt-4.1-mini')).toEqual(book.catalogue.get('gpt-4.1-mini')?.price);
    expect(book.priceOf('resilient', 'gpt-4.1')).toEqual(book.catalogue.get('gpt-4.1')?.price);
  });

  it("gives every model of the catalogue its own price, also where another vendor's has the same name", () => {
    for (const model of book.catalogue.values()) {
      if (model.price)
        expect([model.name, book.priceOf(model.name, model.upstreamModel)]).toEqual([model.name, model.price]);
    }
  });

  it("lets gateway.yaml's price win, by public name and by upstream name", () => {
    const own = bookWith({ 'gpt-4.1': row('8.00', '32.00', '0.5'), 'my-llama': row('0.000001', '0') });
    const configured = { inputPusd: 8_000_000n, cachedInputPusd: 500_000n, outputPusd: 32_000_000n, estimated: false };
    expect(own.priceOf('gpt-4.1', 'gpt-4.1-2025-04-14')).toMatchObject(configured);
    expect(own.priceOf('resilient', 'gpt-4.1')).toMatchObject(configured);
    expect(own.priceOf('llama', 'my-llama')).toMatchObject({ inputPusd: 1n, cachedInputPusd: 1n, outputPusd: 0n });
    expect(own.priceOf('gpt-4.1-mini', 'gpt-4.1-mini')).toEqual(book.catalogue.get('gpt-4.1-mini')?.price);
  });

  it('takes a cached price of zero as told', () => {
    expect(bookWith({ m: row('1', '1', '0') }).priceOf('m', 'm').cachedInputPusd).toBe(0n);
  });

  it('charges a model that nobody knows the price of at the dearest, and says that it is an estimate', () => {
    const ceiling = book.priceOf('nobody-knows', 'nobody-knows');
    expect(ceiling.estimated).toBe(true);
    expect(ceiling.inputPusd > 0n && ceiling.cachedInputPusd > 0n && ceiling.outputPusd > 0n).toBe(true);
    for (const { name, price } of book.catalogue.values()) {
      for (const each of price ? [price, price.longContext ?? price] : []) {
        expect([name, each.inputPusd <= ceiling.inputPusd, each.cachedInputPusd <= ceiling.cachedInputPusd]).toEqual([
          name,
          true,
          true,
        ]);
        expect([name, each.outputPusd <= ceiling.outputPusd]).toEqual([name, true]);
      }
    }
  });

  it('takes a catalogue model without a price as unknown', () => {
    const unpriced = [...book.catalogue.values()].find((model) => model.mode === 'chat' && !model.price);
    expect(book.priceOf(unpriced?.name ?? '', unpriced?.upstreamModel ?? '').estimated).toBe(true);
  });

  it.each(['constructor', '__proto__', 'toString', ''])('does not take "%s" for a name that it knows', (name) => {
    expect(bookWith({}).priceOf(name, name).estimated).toBe(true);
  });
});
