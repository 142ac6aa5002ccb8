import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDecimal, type PicoUsd } from '../common/money';
import { readWindows, type WrittenOffPeak } from './off-peak';
import type { Price, RateCard, TokenPrices } from './price';

/** A model in the catalogue. */
export interface CatalogueModel {
  /** The name that applications use. */
  name: string;
  vendor: string;
  /** The name in the vendor's API. */
  upstreamModel: string;
  mode: string;
  maxInputTokens: number | undefined;
  maxOutputTokens: number | undefined;
  /** The shortest prompt that the vendor's prompt cache takes. */
  promptCacheMinTokens: number | undefined;
  /** Whether the model writes reasoning, which is charged as output and may not be shown. */
  reasons: boolean;
  /** The day on which the vendor retires the model, as `2027-01-14`. */
  retiresOn: string | undefined;
  price: Price | undefined;
}

/** A row of LiteLLM's price file; numbers are texts. */
export type Row = Record<string, unknown>;

/** Vendors that the file names otherwise than gateway.yaml. */
const VENDOR_NAMES: Readonly<Record<string, string>> = { together_ai: 'together' };
const PICO = 12;
/** Ten dollars a token, as at /admin/prices: higher prices are mistakes, and would overflow the ledger after a few calls. */
const MAX_PUSD = 10_000_000_000_000n;

/** The built-in catalogue, by name. */
export function loadCatalogue(): Map<string, CatalogueModel> {
  return catalogueOf(readCatalogueFile().models);
}

/**
 * Reads the catalogue's JSON. Numbers are read as text, never as floats. A name with a vendor prefix
 * (`deepseek/deepseek-v3.2`) also gets an entry without the prefix, unless the file has a model of that name.
 *
 * @throws RangeError when a price is negative, finer than a pico-dollar a token, or ten dollars a token or more
 */
export function parseCatalogue(json: string): Map<string, CatalogueModel> {
  return catalogueOf(JSON.parse(quoteNumbers(json)) as Record<string, Row>);
}

function catalogueOf(rows: Record<string, Row>): Map<string, CatalogueModel> {
  const models = new Map<string, CatalogueModel>();
  for (const [name, row] of Object.entries(rows)) models.set(name, modelOf(name, row));
  for (const model of models.values()) {
    if (model.name !== model.upstreamModel && !models.has(model.upstreamModel)) {
      models.set(model.upstreamModel, { ...model, name: model.upstreamModel });
    }
  }
  return models;
}

/** Reads a row of a catalogue file. @throws RangeError as {@link parseCatalogue} */
export function modelOf(name: string, row: Row): CatalogueModel {
  const provider = String(row.litellm_provider);
  return {
    name,
    vendor: VENDOR_NAMES[provider] ?? provider,
    upstreamModel: name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name,
    mode: String(row.mode),
    maxInputTokens: count(row.max_input_tokens),
    maxOutputTokens: count(row.max_output_tokens),
    promptCacheMinTokens: count(row.prompt_cache_min_tokens),
    reasons: row.supports_reasoning === true,
    retiresOn: typeof row.deprecation_date === 'string' ? row.deprecation_date : undefined,
    price: toPrice(row),
  };
}

/** Tiers that vendors sell beside the standard one and batches. */
const SERVICE_TIERS = ['flex', 'priority', 'ultrafast'];

function toPrice(row: Row): Price | undefined {
  const base = ratesOf(row, '');
  if (!base) return undefined;
  const sold = SERVICE_TIERS.filter((tier) => row[`input_cost_per_token_${tier}`] !== undefined);
  const hasBatch = row.input_cost_per_token_batches !== undefined;
  return {
    ...base,
    id: null,
    tiers: lengthTiers(row, '', base),
    batch: hasBatch ? tierRates(row, '_batches', base) : undefined,
    serviceTiers:
      sold.length > 0 ? Object.fromEntries(sold.map((tier) => [tier, rateCard(row, `_${tier}`, base)])) : undefined,
    offPeak: isRow(row.off_peak_pricing)
      ? {
          windows: readWindows(row.off_peak_pricing as WrittenOffPeak),
          rates: rateCard(row.off_peak_pricing, '', base),
        }
      : undefined,
    estimated: false,
  };
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

function rateCard(row: Row, suffix: string, base: TokenPrices): RateCard {
  const rates = tierRates(row, suffix, base);
  return { ...rates, tiers: lengthTiers(row, suffix, rates) };
}

/** The rates above context sizes, the largest first. */
function lengthTiers(row: Row, suffix: string, base: TokenPrices): RateCard['tiers'] {
  const pattern = new RegExp(`^(?:in|out)put_cost_per_token_above_(\\d+)k_tokens${suffix}$`);
  const sizes = new Set(Object.keys(row).flatMap((name) => pattern.exec(name)?.[1] ?? []));
  return [...sizes]
    .map(Number)
    .toSorted((a, b) => b - a)
    .map((thousands) => ({
      ...tierRates(row, `_above_${thousands}k_tokens${suffix}`, base),
      aboveInputTokens: thousands * 1000,
    }));
}

function ratesOf(row: Row, suffix: string): TokenPrices | undefined {
  const input = pusd(row, `input_cost_per_token${suffix}`);
  const output = pusd(row, `output_cost_per_token${suffix}`) ?? (row.mode === 'embedding' ? 0n : undefined);
  if (input === undefined || output === undefined) return undefined;
  return {
    inputPusd: input,
    cachedInputPusd: pusd(row, `cache_read_input_token_cost${suffix}`) ?? input,
    cacheWritePusd: writePrice(row, suffix) ?? input,
    longCacheWritePusd: longWritePrice(row, suffix),
    outputPusd: output,
    reasoningPusd: pusd(row, `output_cost_per_reasoning_token${suffix}`) ?? output,
    audioInputPusd: pusd(row, `input_cost_per_audio_token${suffix}`),
    cachedAudioPusd: pusd(row, `cache_read_input_audio_token_cost${suffix}`),
    audioOutputPusd: pusd(row, `output_cost_per_audio_token${suffix}`),
  };
}

/** DeepSeek's file has a price of zero: its writes cost what input costs. */
function writePrice(row: Row, suffix: string): PicoUsd | undefined {
  return pusd(row, `cache_creation_input_token_cost${suffix}`) || undefined;
}

/** For an hour at Anthropic, for twelve at OpenAI. */
function longWritePrice(row: Row, suffix: string): PicoUsd | undefined {
  return (
    pusd(row, `cache_creation_input_token_cost_above_1hr${suffix}`) ??
    pusd(row, `cache_creation_input_token_cost_above_12hr${suffix}`)
  );
}

/**
 * The rates whose names end with the suffix. Missing rates of input and output are those of the model. A missing rate of
 * cached input is the input rate, and that of a cache write is in the same ratio to input as for the model.
 */
function tierRates(row: Row, suffix: string, base: TokenPrices): TokenPrices {
  const inputPusd = pusd(row, `input_cost_per_token${suffix}`) ?? base.inputPusd;
  const outputPusd = pusd(row, `output_cost_per_token${suffix}`) ?? base.outputPusd;
  const inRatio = (pusdOfBase: PicoUsd) =>
    base.inputPusd === 0n ? inputPusd : (inputPusd * pusdOfBase) / base.inputPusd;
  const inRatioOf = (own: PicoUsd | undefined, ofBase: PicoUsd | undefined) =>
    own ?? (ofBase === undefined ? undefined : inRatio(ofBase));
  return {
    inputPusd,
    cachedInputPusd: pusd(row, `cache_read_input_token_cost${suffix}`) ?? inputPusd,
    cacheWritePusd: writePrice(row, suffix) ?? inRatio(base.cacheWritePusd),
    longCacheWritePusd: inRatioOf(longWritePrice(row, suffix), base.longCacheWritePusd),
    outputPusd,
    reasoningPusd: pusd(row, `output_cost_per_reasoning_token${suffix}`) ?? outputPusd,
    audioInputPusd: inRatioOf(pusd(row, `input_cost_per_audio_token${suffix}`), base.audioInputPusd),
    cachedAudioPusd: inRatioOf(pusd(row, `cache_read_input_audio_token_cost${suffix}`), base.cachedAudioPusd),
    audioOutputPusd: inRatioOf(pusd(row, `output_cost_per_audio_token${suffix}`), base.audioOutputPusd),
  };
}

function pusd(row: Row, member: string): PicoUsd | undefined {
  const value = row[member];
  if (typeof value !== 'string') return undefined;
  const price = parseDecimal(value, PICO);
  if (price < 0n || price >= MAX_PUSD)
    throw new RangeError(`${member} is ${value}: a price is from 0 to below 10 dollars a token`);
  return price;
}

function count(value: unknown): number | undefined {
  return typeof value === 'string' ? Number(value) : undefined;
}

/** The built-in catalogue with its sources. */
export interface CatalogueFile {
  /** The versions of the sources, and the day on which they were read. */
  source: Record<string, string>;
  models: Record<string, Row>;
}

/** The file that `npm run prices:update` writes. */
export function readCatalogueFile(): CatalogueFile {
  return JSON.parse(quoteNumbers(readFileSync(join(__dirname, 'model-prices.json'), 'utf8'))) as CatalogueFile;
}

/** Quotes numbers that are values, so that JSON.parse keeps their digits instead of the nearest float. */
function quoteNumbers(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g, (match, text: string | undefined) =>
    text === undefined ? `"${match}"` : text,
  );
}
