import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type Transaction } from 'kysely';
import { AuditRepository } from '../audit/audit.repository';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { PricesTable, StoredRates } from '../database/tables/price-tables';
import { type Price, RARE_RATES, RATES, type TokenPrices } from './price';
import { type PriceRow, toWire } from './price-row';

/** How many models the event of an import names at most. */
const MAX_MODELS_NAMED = 20;

@Injectable()
export class PricesRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** All rows that are not withdrawn, by `valid_from` and then id, latest first. */
  async all(): Promise<PriceRow[]> {
    const rows = await this.database.db
      .selectFrom('prices')
      .selectAll()
      .where('withdrawn_at', 'is', null)
      .orderBy('valid_from', 'desc')
      .orderBy('id', 'desc')
      .execute();
    return rows.map(toRow);
  }

  async withIds(ids: readonly string[]): Promise<PriceRow[]> {
    if (ids.length === 0) return [];
    return (await this.database.db.selectFrom('prices').selectAll().where('id', 'in', ids).execute()).map(toRow);
  }

  async insert(rows: PriceRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.change(async (transaction) => {
      await transaction
        .insertInto('prices')
        .values(
          rows.map((row) => ({
            id: row.id,
            model: row.model,
            provider: row.provider,
            team_id: row.teamId,
            source: row.source,
            ...toColumns(row),
            created_by: row.createdBy,
            created_at: row.createdAt,
          })),
        )
        .execute();
      await this.recordNew(rows, transaction);
    });
  }

  /** One event for all prices of an import, which may be hundreds. */
  private async recordNew(rows: PriceRow[], transaction: Transaction<Schema>): Promise<void> {
    const imported = rows.filter(({ source }) => source === 'import');
    const [first] = imported;
    if (first) {
      const models = imported.slice(0, MAX_MODELS_NAMED).map(({ model }) => model);
      const details = { prices: imported.length, models, valid_from: new Date(first.validFromMs).toISOString() };
      const event = { actor: first.createdBy, action: 'price.imported' as const, subject: null, details };
      await this.audit.record(event, transaction);
    }
    for (const row of rows.filter(({ source }) => source === 'admin')) {
      const event = { actor: row.createdBy, action: 'price.created' as const, subject: row.id, after: toWire(row) };
      await this.audit.record(event, transaction);
    }
  }

  /**
   * Changes a row, as it is once all earlier changes of prices are done.
   *
   * @param change what becomes of it; what it throws undoes the change
   * @returns the changed row; undefined if there is none, or it is withdrawn
   */
  update(id: string, change: (before: PriceRow) => PriceRow, actor: string): Promise<PriceRow | undefined> {
    return this.change(async (transaction) => {
      const found = await transaction
        .selectFrom('prices')
        .selectAll()
        .where('id', '=', id)
        .where('withdrawn_at', 'is', null)
        .forUpdate()
        .executeTakeFirst();
      if (!found) return undefined;
      const before = toRow(found);
      const after = change(before);
      await transaction.updateTable('prices').set(toColumns(after)).where('id', '=', id).execute();
      const event = { action: 'price.updated' as const, before: toWire(before), after: toWire(after) };
      await this.audit.record({ actor, subject: id, ...event }, transaction);
      return after;
    });
  }

  /** Withdraws a row that is not in force yet. @returns false if there is none */
  withdraw(row: PriceRow, now: Date, actor: string): Promise<boolean> {
    return this.change(async (transaction) => {
      const result = await transaction
        .updateTable('prices')
        .set({ withdrawn_at: sql`now()` })
        .where('id', '=', row.id)
        .where('valid_from', '>', now)
        .where('withdrawn_at', 'is', null)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) return false;
      const event = { actor, action: 'price.withdrawn' as const, subject: row.id, before: toWire(row) };
      await this.audit.record(event, transaction);
      return true;
    });
  }

  private change<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('prices', transaction);
      return work(transaction);
    });
  }
}

type StoredPrices = Record<(typeof RATES)[number], string> & Partial<Record<(typeof RARE_RATES)[number], string>>;

function storeRates(prices: TokenPrices): StoredPrices {
  const rates = Object.fromEntries(RATES.map((rate) => [rate, String(prices[rate])])) as StoredPrices;
  for (const rate of RARE_RATES) if (prices[rate] !== undefined) rates[rate] = String(prices[rate]);
  return rates;
}

function readRates(stored: StoredPrices): TokenPrices {
  const usual = Object.fromEntries(RATES.map((rate) => [rate, BigInt(stored[rate])]));
  const rates: TokenPrices = usual as Record<(typeof RATES)[number], bigint>;
  for (const rate of RARE_RATES) if (stored[rate] !== undefined) rates[rate] = BigInt(stored[rate]);
  return rates;
}

function toColumns(row: PriceRow) {
  return {
    valid_from: new Date(row.validFromMs),
    rates: row.multiplierMillionths === null ? JSON.stringify(toStored(row.price)) : null,
    multiplier_millionths: row.multiplierMillionths,
    note: row.note,
  };
}

function toStored(price: Price): StoredRates {
  return {
    ...storeRates(price),
    tiers: price.tiers.map((tier) => ({ ...storeRates(tier), aboveInputTokens: tier.aboveInputTokens })),
    batch: price.batch ? storeRates(price.batch) : null,
  };
}

function toRow(row: Selectable<PricesTable>): PriceRow {
  const { rates } = row;
  const price: Price = {
    ...(rates ? readRates(rates) : NO_RATES),
    id: row.id,
    tiers: rates?.tiers.map((tier) => ({ ...readRates(tier), aboveInputTokens: tier.aboveInputTokens })) ?? [],
    batch: rates?.batch ? readRates(rates.batch) : undefined,
    estimated: false,
  };
  return {
    id: row.id,
    model: row.model,
    provider: row.provider,
    teamId: row.team_id,
    validFromMs: row.valid_from.getTime(),
    price,
    multiplierMillionths: row.multiplier_millionths,
    source: row.source,
    note: row.note,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

const NO_RATES: TokenPrices = {
  inputPusd: 0n,
  cachedInputPusd: 0n,
  cacheWritePusd: 0n,
  outputPusd: 0n,
  reasoningPusd: 0n,
};
