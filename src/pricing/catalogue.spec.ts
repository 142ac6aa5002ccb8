import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue, parseCatalogue } from './catalogue';
import { atClock } from './off-peak';

const row = (members: string, vendor = 'openai') =>
  `{ "litellm_provider": "${vendor}", "mode": "chat"${members && `, ${members}`} }`;
const only = (members: string) => parseCatalogue(`{ "m": ${row(members)} }`).get('m');
const PRICES = '"input_cost_per_token": 5e-07, "output_cost_per_token": 3e-05';

describe('the catalogue', () => {
  it('keeps the digits of the file, without floats', () => {
    const digits = '"input_cost_per_token": 0.123456789012, "output_cost_per_token": 9007199254743e-12';
    expect(only(digits)?.price).toMatchObject({ inputPusd: 123_456_789_012n, outputPusd: 9_007_199_254_743n });
    expect(only('"input_cost_per_token": 2.5E-8, "output_cost_per_token": 1')?.price).toMatchObject({
      inputPusd: 25_000n,
      outputPusd: 1_000_000_000_000n,
    });
  });

  it('refuses a price that is no whole number of pico-dollars', () => {
    expect(() => only('"input_cost_per_token": 1e-13, "output_cost_per_token": 1e-6')).toThrow(RangeError);
  });

  it.each(['-1e-6', '10', '1e300'])('refuses a price of %s dollars a token and names its member', (price) => {
    expect(() => only(`"input_cost_per_token": 1e-6, "output_cost_per_token": ${price}`)).toThrow(
      /output_cost_per_token/,
    );
    expect(() => only(`${PRICES}, "cache_read_input_token_cost": ${price}`)).toThrow(/cache_read_input_token_cost/);
  });

  it('reads the price of cached input, else uses the input price', () => {
    expect(only(PRICES)?.price?.cachedInputPusd).toBe(500_000n);
    expect(only(`${PRICES}, "cache_read_input_token_cost": 5e-08`)?.price?.cachedInputPusd).toBe(50_000n);
    expect(only(`${PRICES}, "cache_read_input_token_cost": 0`)?.price?.cachedInputPusd).toBe(0n);
  });

  it('reads the tier for long contexts, and missing rates from the tier and then the model', () => {
    expect(only(PRICES)?.price?.tiers).toEqual([]);
    const tier = `${PRICES}, "cache_read_input_token_cost": 1e-08, "input_cost_per_token_above_200k_tokens": 1e-06`;
    expect(only(tier)?.price?.tiers[0]).toEqual({
      aboveInputTokens: 200_000,
      inputPusd: 1_000_000n,
      cachedInputPusd: 1_000_000n,
      cacheWritePusd: 1_000_000n,
      outputPusd: 30_000_000n,
      reasoningPusd: 30_000_000n,
    });
    const whole = `${tier}, "cache_read_input_token_cost_above_200k_tokens": 2e-07, "output_cost_per_token_above_200k_tokens": 6e-05`;
    expect(only(whole)?.price?.tiers[0]).toMatchObject({ cachedInputPusd: 200_000n, outputPusd: 60_000_000n });
  });

  it('has the holidays on which DeepSeek has no peak hours', () => {
    const dearAt = (time: string) => {
      const { price } = loadCatalogue().get('deepseek-flash') ?? {};
      return price && atClock(price, Date.parse(time)).price.inputPusd === price.inputPusd;
    };
    // Three Thursdays; the first is the national day.
    expect(['2026-10-01', '2026-10-08', '2026-10-15'].map((date) => dearAt(`${date}T02:00:00Z`))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('has no price without an input or output price, except for embeddings, which have no output', () => {
    expect(only('"input_cost_per_token": 1e-06')?.price).toBeUndefined();
    expect(only('"output_cost_per_token": 1e-06')?.price).toBeUndefined();
    const embedding = '{ "e": { "litellm_provider": "openai", "mode": "embedding", "input_cost_per_token": 1e-06 } }';
    expect(parseCatalogue(embedding).get('e')?.price).toMatchObject({ inputPusd: 1_000_000n, outputPusd: 0n });
  });

  it('does not change numbers inside texts, also after escaped quotes', () => {
    const name = 'gpt-4.1 \\"2 5e-7\\" \\\\';
    const model = parseCatalogue(`{ "${name}": ${row('"max_input_tokens": 400000', 'v1.5')} }`).get(
      'gpt-4.1 "2 5e-7" \\',
    );
    expect(model).toMatchObject({ vendor: 'v1.5', maxInputTokens: 400_000, maxOutputTokens: undefined });
  });

  it('has an entry without the vendor prefix too', () => {
    const models = parseCatalogue(`{ "deepseek/v3.2": ${row('', 'deepseek')}, "groq/openai/oss": ${row('', 'groq')} }`);
    expect(models.get('v3.2')).toMatchObject({ name: 'v3.2', vendor: 'deepseek', upstreamModel: 'v3.2' });
    expect(models.get('deepseek/v3.2')).toMatchObject({ name: 'deepseek/v3.2', upstreamModel: 'v3.2' });
    expect(models.get('openai/oss')).toMatchObject({ vendor: 'groq', upstreamModel: 'openai/oss' });
    expect(models.has('oss')).toBe(false);
  });

  it.each([
    ['before', `{ "v3": ${row('', 'first')}, "deepseek/v3": ${row('', 'deepseek')} }`],
    ['after', `{ "deepseek/v3": ${row('', 'deepseek')}, "v3": ${row('', 'first')} }`],
  ])('never replaces a model of the file that has the short name, when that is %s', (_, json) => {
    expect(parseCatalogue(json).get('v3')?.vendor).toBe('first');
  });
});

describe('the built-in catalogue', () => {
  const models = loadCatalogue();
  const { models: file } = JSON.parse(readFileSync(join(__dirname, 'model-prices.json'), 'utf8')) as {
    models: Record<string, Record<string, number>>;
  };

  it('has every price of the file, to the digit', () => {
    for (const [name, { input_cost_per_token: input, output_cost_per_token: output }] of Object.entries(file)) {
      if (input === undefined || output === undefined) continue;
      expect({ name, inputPusd: models.get(name)?.price?.inputPusd }).toEqual({ name, inputPusd: toPusd(input) });
      expect({ name, outputPusd: models.get(name)?.price?.outputPusd }).toEqual({ name, outputPusd: toPusd(output) });
    }
  });

  it('has the prices of long prompts, of cache writes by their time, and of service tiers', () => {
    const priceOf = (name: string) => models.get(name)?.price;
    expect(priceOf('claude-haiku-5-5')).toMatchObject({
      inputPusd: 100_000n,
      longCacheWritePusd: 200_000n,
      tiers: [
        { aboveInputTokens: 100_000, inputPusd: 500_000n, outputPusd: 2_500_000n, longCacheWritePusd: 1_000_000n },
      ],
    });
    expect(priceOf('gpt-6.1-sol')).toMatchObject({
      tiers: [{ aboveInputTokens: 272_000, inputPusd: 4_000_000n, outputPusd: 15_000_000n }],
      serviceTiers: {
        flex: { inputPusd: 1_000_000n, tiers: [{ aboveInputTokens: 272_000, inputPusd: 2_000_000n }] },
        priority: { inputPusd: 4_000_000n },
        ultrafast: { inputPusd: 12_000_000n },
      },
    });
    expect(priceOf('gpt-6.2-sol')).toMatchObject({ inputPusd: 2_000_000n, cachedInputPusd: 100_000n });
    expect(priceOf('claude-fable-5-2')).toMatchObject({ inputPusd: 8_000_000n, cachedInputPusd: 200_000n });
    expect(priceOf('deepseek-v4-pro')).toMatchObject({
      inputPusd: 1_320_000n,
      offPeak: { rates: { inputPusd: 660_000n } },
    });
    expect(models.get('gpt-4.1')?.retiresOn).toBe('2027-01-14');
  });

  it('has no model that answers with music or runs a container', () => {
    expect([...models.keys()].filter((name) => /container|lyria|-tts|realtime/.test(name))).toEqual([]);
  });

  it('has whole numbers of tokens and no negative price, and cached input never costs more than input', () => {
    for (const { name, maxInputTokens = 1, maxOutputTokens = 1, price } of models.values()) {
      expect([name, Number.isInteger(maxInputTokens), Number.isInteger(maxOutputTokens)]).toEqual([name, true, true]);
      for (const each of price ? [price, ...price.tiers] : []) {
        expect([
          name,
          each.cachedInputPusd >= 0n,
          each.cachedInputPusd <= each.inputPusd,
          each.outputPusd >= 0n,
        ]).toEqual([name, true, true, true]);
      }
    }
  });
});

/** The nearest whole pico-dollar of a float: right for the file's prices, which have few digits. */
function toPusd(usd: number): bigint {
  return BigInt(Math.round(usd * 1e12));
}
