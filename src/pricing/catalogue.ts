import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDecimal, type PicoUsd } from '../common/money';
import type { Price, TokenPrices } from './price';

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
  /** Whether the model writes reasoning, which is charged as output and may not be shown. */
  reasons: boolean;
  price: Price | undefined;
}

export type Row = Record<string, string | boolean | undefined>;

const PICO = 12;
/** Ten dollars a token, as at /admin/prices: higher prices are mistakes, and would overflow the ledger after a few calls. */
const MAX_PUSD = 10_000_000_000_000n;

/** The built-in catalogue, by name. */
export function loadCatalogue(): Map<string, CatalogueModel> {
  return parseCatalogue(readFileSync(join(__dirname, 'model-prices.json'), 'utf8'));
}

/**
 * Reads the catalogue's JSON. Numbers are read as text, never as floats. A name with a vendor prefix
 * (`deepseek/deepseek-v3.2`) also gets an entry without the prefix, unless the file has a model of that name.
 *
 * @throws RangeError when a price is negative, finer than a pico-dollar a token, or ten dollars a token or more
 */
export function parseCatalogue(json: string): Map<string, CatalogueModel> {
  const rows = JSON.parse(quoteNumbers(json)) as Record<string, Row>;
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
  const vendor = String(row.litellm_provider);
  return {
    name,
    vendor,
    upstreamModel: name.startsWith(`${vendor}/`) ? name.slice(vendor.length + 1) : name,
    mode: String(row.mode),
    maxInputTokens: count(row.max_input_tokens),
    maxOutputTokens: count(row.max_output_tokens),
    reasons: row.supports_reasoning === true,
    price: toPrice(row),
  };
}

function toPrice(row: Row): Price | undefined {
  const base = ratesOf(row, '');
  if (!base) return undefined;
  const tiers = tiersIn(row).map((thousands) => ({
    ...tierRates(row, `_above_${thousands}k_tokens`, base),
    aboveInputTokens: thousands * 1000,
  }));
  const hasBatch = row.input_cost_per_token_batches !== undefined;
  return { ...base, id: null, tiers, batch: hasBatch ? tierRates(row, '_batches', base) : undefined, estimated: false };
}

/** The context sizes, in thousands of tokens, above which the row has other prices; the largest first. */
function tiersIn(row: Row): number[] {
  const sizes = Object.keys(row).flatMap((name) => /^\w+_token_?\w*_above_(\d+)k_tokens$/.exec(name)?.[1] ?? []);
  return [...new Set(sizes.map(Number))].toSorted((a, b) => b - a);
}

function ratesOf(row: Row, suffix: string): TokenPrices | undefined {
  const input = pusd(row, `input_cost_per_token${suffix}`);
  const output = pusd(row, `output_cost_per_token${suffix}`) ?? (row.mode === 'embedding' ? 0n : undefined);
  if (input === undefined || output === undefined) return undefined;
  return {
    inputPusd: input,
    cachedInputPusd: pusd(row, `cache_read_input_token_cost${suffix}`) ?? input,
    cacheWritePusd: pusd(row, `cache_creation_input_token_cost${suffix}`) ?? input,
    outputPusd: output,
    reasoningPusd: pusd(row, `output_cost_per_reasoning_token${suffix}`) ?? output,
  };
}

/**
 * The rates whose names end with the suffix. Missing rates of input and output are those of the model. A missing rate of
 * cached input is the input rate, and that of a cache write is in the same ratio to input as for the model.
 */
function tierRates(row: Row, suffix: string, base: TokenPrices): TokenPrices {
  const inputPusd = pusd(row, `input_cost_per_token${suffix}`) ?? base.inputPusd;
  const outputPusd = pusd(row, `output_cost_per_token${suffix}`) ?? base.outputPusd;
  const write = base.inputPusd === 0n ? inputPusd : (inputPusd * base.cacheWritePusd) / base.inputPusd;
  return {
    inputPusd,
    cachedInputPusd: pusd(row, `cache_read_input_token_cost${suffix}`) ?? inputPusd,
    cacheWritePusd: pusd(row, `cache_creation_input_token_cost${suffix}`) ?? write,
    outputPusd,
    reasoningPusd: pusd(row, `output_cost_per_reasoning_token${suffix}`) ?? outputPusd,
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

function count(value: Row[string]): number | undefined {
  return typeof value === 'string' ? Number(value) : undefined;
}

/** Quotes numbers that are values, so that JSON.parse keeps their digits instead of the nearest float. */
function quoteNumbers(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g, (match, text: string | undefined) =>
    text === undefined ? `"${match}"` : text,
  );
}
