import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type Transaction } from 'kysely';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { PricesTable, StoredRates } from '../database/tables/price-tables';
import type { Price, TokenPrices } from './price';

/** A price that an administrator or an import set, in force from a time until a later price replaces it. */
export interface PriceRow {
  id: string;
  /** Public or upstream name; null for a multiplier of all models. */
  model: string | null;
  provider: string | null;
  teamId: string | null;
  validFromMs: number;
  price: Price;
  /** Multiplier of the price without this row, in millionths; null if the row has rates. */
  multiplierMillionths: bigint | null;
  source: 'admin' | 'import';
  note: string | null;
  createdBy: string;
  createdAt: Date;
}

export type NewPrice = Omit<PriceRow, 'id' | 'createdAt'>;

@Injectable()
export class PricesRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
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

  async insert(rows: PriceRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.change((transaction) =>
      transaction
        .insertInto('prices')
        .values(
          rows.map((row) => ({
            id: row.id,
            model: row.model,
            provider: row.provider,
            team_id: row.teamId,
            valid_from: new Date(row.validFromMs),
            rates: row.multiplierMillionths === null ? JSON.stringify(toStored(row.price)) : null,
            multiplier_millionths: row.multiplierMillionths,
            source: row.source,
            note: row.note,
            created_by: row.createdBy,
            created_at: row.createdAt,
          })),
        )
        .execute(),
    );
  }

  /** Withdraws a row that is not in force yet. @returns false if there is none */
  withdraw(id: string, now: Date): Promise<boolean> {
    return this.change(async (transaction) => {
      const result = await transaction
        .updateTable('prices')
        .set({ withdrawn_at: sql`now()` })
        .where('id', '=', id)
        .where('valid_from', '>', now)
        .where('withdrawn_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
  }

  private change<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      await this.revisions.raise('prices', transaction);
      return work(transaction);
    });
  }
}

const RATES = ['inputPusd', 'cachedInputPusd', 'cacheWritePusd', 'outputPusd', 'reasoningPusd'] as const;

function storeRates(prices: TokenPrices): Record<(typeof RATES)[number], string> {
  return Object.fromEntries(RATES.map((rate) => [rate, String(prices[rate])])) as Record<
    (typeof RATES)[number],
    string
  >;
}

function readRates(stored: Record<(typeof RATES)[number], string>): TokenPrices {
  return Object.fromEntries(RATES.map((rate) => [rate, BigInt(stored[rate])])) as unknown as TokenPrices;
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
