import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { type CatalogueModel, modelOf, type Row } from './catalogue';
import { type Price, RARE_RATES, RATES, type TokenPrices } from './price';
import { PriceBook } from './price-book.service';
import type { NewPrice } from './price-row';
import { PricesService } from './prices.service';

/** The result of an import or of a dry run. */
export interface Imported {
  added: string[];
  changed: string[];
  unchanged: number;
  skipped: { model: string; reason: string }[];
}

/** Imports a catalogue file: each price that differs from the catalogue price in force becomes a row. */
@Injectable()
export class PriceImport {
  constructor(
    private readonly book: PriceBook,
    private readonly prices: PricesService,
    private readonly clock: Clock,
  ) {}

  /** @param options.validFromMs in milliseconds since 1970; default: now */
  async import(
    catalogue: Record<string, Record<string, unknown>>,
    options: { validFromMs: number | undefined; dryRun: boolean; createdBy: string },
  ): Promise<Imported> {
    const validFromMs = options.validFromMs ?? this.clock.now();
    const imported: Imported = { added: [], changed: [], unchanged: 0, skipped: [] };
    const rows: NewPrice[] = [];
    for (const [name, members] of Object.entries(catalogue)) {
      const model = read(name, members);
      if ('reason' in model) {
        imported.skipped.push({ model: name, reason: model.reason });
        continue;
      }
      const { upstreamModel, vendor: provider } = model;
      const now = this.book.catalogued({ publicName: name, upstreamModel, provider }, validFromMs);
      if (!now.estimated && sameRates(now, model.price)) {
        imported.unchanged += 1;
        continue;
      }
      (now.estimated ? imported.added : imported.changed).push(name);
      rows.push({
        model: name,
        provider: null,
        teamId: null,
        validFromMs,
        price: model.price,
        multiplierMillionths: null,
        source: 'import',
        note: null,
        createdBy: options.createdBy,
      });
    }
    if (!options.dryRun && rows.length > 0) await this.prices.add(rows);
    return imported;
  }
}

function read(
  name: string,
  members: Record<string, unknown>,
): (CatalogueModel & { price: Price }) | { reason: string } {
  const row: Row = Object.fromEntries(
    Object.entries(members).map(([member, value]) => [
      member,
      typeof value === 'number' ? String(value) : (value as string),
    ]),
  );
  try {
    const model = modelOf(name, row);
    if (!model.price) return { reason: 'has no input_cost_per_token and output_cost_per_token' };
    return { ...model, price: model.price };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function sameRates(a: Price, b: Price): boolean {
  const same = (one: TokenPrices | undefined, other: TokenPrices | undefined) =>
    one === undefined || other === undefined
      ? one === other
      : [...RATES, ...RARE_RATES].every((rate) => one[rate] === other[rate]);
  return (
    same(a, b) &&
    same(a.batch, b.batch) &&
    a.tiers.length === b.tiers.length &&
    a.tiers.every(
      (tier, index) => tier.aboveInputTokens === b.tiers[index]?.aboveInputTokens && same(tier, b.tiers[index]),
    )
  );
}
