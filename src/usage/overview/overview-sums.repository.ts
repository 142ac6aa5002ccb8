import { Injectable } from '@nestjs/common';
import type { SavedBy } from '@thriftgate/contracts';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { snapshot } from '../../database/snapshot';
import { partsOf } from '../reports/report-parts.repository';
import type { UsageFilter } from '../reports/report-span';
import type { Span } from './overview-span';

/** What the calls of a part of an overview cost. */
export interface CallSums {
  requests: number;
  attempts: number;
  failedAttempts: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** The sums of calls that saved by one source, or by none: ''. */
export type SavedSums = CallSums & { savedBy: SavedBy | '' };

/** What an overview shows of the ledger. */
export interface OverviewParts {
  current: SavedSums[];
  previous: SavedSums[];
  /** By the start of the day, in milliseconds since 1970. */
  days: ReadonlyMap<number, CallSums>;
  top: Record<TopKind, (CallSums & { id: string })[]>;
}

export const TOP_KINDS = ['team', 'model', 'key'] as const;
export type TopKind = (typeof TOP_KINDS)[number];

/** What an overview asks. */
export interface OverviewQuestion {
  teamId: string | undefined;
  span: Span;
  previous: Span;
  /** When each day of the span begins, in milliseconds since 1970. */
  dayStarts: readonly number[];
}

const TOP = 5;
const DIMENSIONS = { team: 'team_id', model: 'model', key: 'key_id' } as const;

const SUMMED = ['requests', 'attempts', 'errors', 'list_cost_pusd', 'cost_pusd', 'saved_pusd'] as const;
const SUMS = SUMMED.map((column) => sql<string>`coalesce(sum(${sql.ref(`part.${column}`)}), 0)`.as(column));
type SumsRow = Record<(typeof SUMMED)[number], string>;

/** Reads the sums of an overview from roll-ups, with three queries. */
@Injectable()
export class OverviewSumsRepository {
  constructor(private readonly database: Database) {}

  /** All parts, from one state of the ledger. */
  read(question: OverviewQuestion): Promise<OverviewParts> {
    return snapshot(this.database, async (transaction) => ({
      ...(await bothPeriods(transaction, question)),
      days: await byDay(transaction, question),
      top: await topOf(transaction, question),
    }));
  }
}

/** The span and the one before it. What lies between them is read, too, and left out. */
async function bothPeriods(
  db: Kysely<Schema>,
  { teamId, span, previous }: OverviewQuestion,
): Promise<Pick<OverviewParts, 'current' | 'previous'>> {
  const starts = [...new Set([previous.from, previous.to, span.from].map((time) => time.getTime()))];
  const filter = { team_id: teamId, from: previous.from, to: span.to };
  const rows = await db
    .selectFrom(partsOf(filter, ['saved_by'], starts).as('part'))
    .select(['part.period', sql<SavedBy | ''>`part.saved_by`.as('saved_by')])
    .select(SUMS)
    .groupBy(['part.period', sql`part.saved_by`])
    .execute();
  const of = ({ from, to }: Span) =>
    rows.flatMap((row) =>
      from < to && row.period.getTime() === from.getTime() ? [{ ...toSums(row), savedBy: row.saved_by }] : [],
    );
  return { current: of(span), previous: of(previous) };
}

async function byDay(db: Kysely<Schema>, question: OverviewQuestion): Promise<OverviewParts['days']> {
  const rows = await db
    .selectFrom(partsOf(filterOf(question), [], question.dayStarts).as('part'))
    .select('part.period')
    .select(SUMS)
    .groupBy('part.period')
    .execute();
  return new Map(rows.map((row) => [row.period.getTime(), toSums(row)]));
}

async function topOf(db: Kysely<Schema>, question: OverviewQuestion): Promise<OverviewParts['top']> {
  const { rows } = await sql<SumsRow & { kind: TopKind; id: string }>`
    ${sql.join(
      TOP_KINDS.map((kind) => topQuery(kind, filterOf(question))),
      sql` UNION ALL `,
    )}`.execute(db);
  const of = (kind: TopKind) => rows.filter((row) => row.kind === kind).map((row) => ({ id: row.id, ...toSums(row) }));
  return { team: of('team'), model: of('model'), key: of('key') };
}

function topQuery(kind: TopKind, filter: UsageFilter): RawBuilder<unknown> {
  const id = sql.ref(`part.${DIMENSIONS[kind]}`);
  const sums = sql.raw(SUMMED.map((column) => `sum(part.${column}) AS ${column}`).join(', '));
  return sql`(SELECT ${kind}::text AS kind, ${id} AS id, ${sums} FROM ${partsOf(filter, [DIMENSIONS[kind]])} AS part
    GROUP BY ${id} ORDER BY sum(part.cost_pusd) DESC, sum(part.list_cost_pusd) DESC, ${id} LIMIT ${TOP})`;
}

function filterOf({ teamId, span }: OverviewQuestion): UsageFilter {
  return { team_id: teamId, ...span };
}

function toSums(row: SumsRow): CallSums {
  return {
    requests: Number(row.requests),
    attempts: Number(row.attempts),
    failedAttempts: Number(row.errors),
    listCostPusd: BigInt(row.list_cost_pusd),
    costPusd: BigInt(row.cost_pusd),
    savedPusd: BigInt(row.saved_pusd),
  };
}
