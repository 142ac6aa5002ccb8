import { Injectable } from '@nestjs/common';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { snapshot } from '../../database/snapshot';
import type { TransfersTable } from '../../database/tables/ledger-tables';
import { partsOf } from '../../usage/reports/report-parts.repository';

/** A team's usage of one model in a month. */
export interface ModelUsage {
  model: string;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  listCostPusd: PicoUsd;
  savedPusd: PicoUsd;
  costPusd: PicoUsd;
}

export interface StatementParts {
  openingPusd: PicoUsd;
  movements: Selectable<TransfersTable>[];
  usage: ModelUsage[];
}

/** A month of one team. */
export interface TeamMonth {
  teamId: string;
  openingPusd: PicoUsd;
  /** Grants and top-ups less what expired. */
  creditsPusd: PicoUsd;
  usage: Omit<ModelUsage, 'model'>;
}

const BEGINNING = new Date(0);
const NO_USAGE = { requests: 0, inputTokens: 0, outputTokens: 0, listCostPusd: 0n, savedPusd: 0n, costPusd: 0n };
const CREDITED = sql<string>`coalesce(sum(CASE WHEN kind = 'expiry' THEN -amount_pusd ELSE amount_pusd END), 0)`;

@Injectable()
export class StatementsRepository {
  constructor(private readonly database: Database) {}

  /** The parts of a statement, read from one snapshot. */
  parts(teamId: string, from: Date, to: Date): Promise<StatementParts> {
    return snapshot(this.database, async (transaction) => {
      const creditedPusd = await creditedBefore(transaction, teamId, from);
      const before = await usage(transaction, teamId, BEGINNING, from);
      const usedPusd = before.reduce((total, { costPusd }) => total + costPusd, 0n);
      const movements = await transaction
        .selectFrom('transfers')
        .selectAll()
        .where('team_id', '=', teamId)
        .where('created_at', '>=', from)
        .where('created_at', '<', to)
        .orderBy('id')
        .execute();
      return { openingPusd: creditedPusd - usedPusd, movements, usage: await usage(transaction, teamId, from, to) };
    });
  }

  /** The month of each team that has a balance, credits or calls, by the id of the team, read from one snapshot. */
  months(from: Date, to: Date): Promise<TeamMonth[]> {
    return snapshot(this.database, async (db) => {
      const usedBefore = await usageByTeam(db, BEGINNING, from);
      const creditedEarlier = await creditsByTeam(db, BEGINNING, from);
      const used = await usageByTeam(db, from, to);
      const credited = await creditsByTeam(db, from, to);
      const ids = new Set([usedBefore, creditedEarlier, used, credited].flatMap((sums) => [...sums.keys()]));
      return [...ids].toSorted().map((teamId) => ({
        teamId,
        openingPusd: (creditedEarlier.get(teamId) ?? 0n) - (usedBefore.get(teamId)?.costPusd ?? 0n),
        creditsPusd: credited.get(teamId) ?? 0n,
        usage: used.get(teamId) ?? NO_USAGE,
      }));
    });
  }
}

type Usage = TeamMonth['usage'];

const SUMS = [
  sql<string>`sum(part.requests)`.as('requests'),
  sql<string>`sum(part.input_tokens)`.as('input'),
  sql<string>`sum(part.output_tokens)`.as('output'),
  sql<string>`sum(part.list_cost_pusd)`.as('list'),
  sql<string>`sum(part.saved_pusd)`.as('saved'),
  sql<string>`sum(part.cost_pusd)`.as('cost'),
] as const;

function toUsage(row: Record<'requests' | 'input' | 'output' | 'list' | 'saved' | 'cost', string>): Usage {
  return {
    requests: Number(row.requests),
    inputTokens: Number(row.input),
    outputTokens: Number(row.output),
    listCostPusd: BigInt(row.list),
    savedPusd: BigInt(row.saved),
    costPusd: BigInt(row.cost),
  };
}

async function usageByTeam(db: Transaction<Schema>, from: Date, to: Date): Promise<Map<string, Usage>> {
  const rows = await db
    .selectFrom(partsOf({ from, to }, ['team_id']).as('part'))
    .select(['part.team_id', ...SUMS])
    .groupBy('part.team_id')
    .execute();
  return new Map(rows.map((row) => [row.team_id, toUsage(row)]));
}

async function creditsByTeam(db: Transaction<Schema>, from: Date, to: Date): Promise<Map<string, PicoUsd>> {
  const rows = await db
    .selectFrom('transfers')
    .select(['team_id', CREDITED.as('credited')])
    .where('created_at', '>=', from)
    .where('created_at', '<', to)
    .groupBy('team_id')
    .execute();
  return new Map(rows.map((row) => [row.team_id ?? '', BigInt(row.credited)]));
}

async function creditedBefore(transaction: Transaction<Schema>, teamId: string, before: Date): Promise<PicoUsd> {
  const row = await transaction
    .selectFrom('transfers')
    .select(CREDITED.as('credited'))
    .where('team_id', '=', teamId)
    .where('created_at', '<', before)
    .executeTakeFirstOrThrow();
  return BigInt(row.credited);
}

async function usage(transaction: Transaction<Schema>, team_id: string, from: Date, to: Date): Promise<ModelUsage[]> {
  const rows = await transaction
    .selectFrom(partsOf({ team_id, from, to }, ['model']).as('part'))
    .select(['part.model', ...SUMS])
    .groupBy('part.model')
    .orderBy('part.model')
    .execute();
  return rows.map((row) => ({ model: row.model, ...toUsage(row) }));
}
