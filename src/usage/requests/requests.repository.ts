import { Injectable } from '@nestjs/common';
import type { RequestSort, StatusRange } from '@thriftgate/contracts';
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import type { Scope } from '../../common/caller';
import { leastUlid } from '../../common/ids';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { snapshot } from '../../database/snapshot';
import type { LedgerState, LedgerTable } from '../../database/tables/ledger-tables';
import { requestIdBounds } from '../reports/request-key';
import type { RequestPlace } from './request-cursor';

/** Filters that an index of the ledger serves. */
export interface IndexedFilter {
  team_id?: string | undefined;
  key_id?: string | undefined;
  request_id?: string | undefined;
  /** The beginning of request ids. */
  idPrefix?: string | undefined;
  batch_id?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Filters that are compared with row after row. */
export interface RowFilter {
  model?: string | undefined;
  status?: StatusRange[] | undefined;
  state?: LedgerState[] | undefined;
  error_code?: string[] | undefined;
  provider?: string[] | undefined;
  cache_status?: string[] | undefined;
  tag?: string | undefined;
  minCostPusd?: PicoUsd | undefined;
  min_latency_ms?: number | undefined;
  saved_by?: string[] | undefined;
  stream?: boolean | undefined;
}

/** A row of the ledger: an attempt, or a correction of one. */
export type LedgerRow = Selectable<LedgerTable>;

/** Which rows a page has, in which order, after which place. */
export interface PageQuery {
  indexed: IndexedFilter;
  rows: RowFilter;
  sort: RequestSort;
  after: RequestPlace | undefined;
}

export interface LedgerPage {
  rows: LedgerRow[];
  /** The last row that was examined, where rows after it were not. */
  examinedTo: RequestPlace | undefined;
}

/** So many rows are compared with the filters for one page: a page takes no longer, however few rows match. */
const MAX_EXAMINED = 50_000;
/** By cost, and of a team, a key or a batch, the rows lie apart from each other: each is read from another place of the disk. */
const MAX_EXAMINED_APART = 10_000;

const LONGEST_CALL_MS = 10 * 60_000;

/** The key of a row, and whether it has ended. */
export type RowKey = Pick<LedgerRow, 'request_id' | 'attempt' | 'state'>;

/** Sorts after every character of an id. */
const AFTER_IDS = '~';

/** Reads the rows of the ledger. */
@Injectable()
export class RequestsRepository {
  constructor(private readonly database: Database) {}

  /** The rows of one call that lie in a scope, in order of their attempts. */
  ofCall(requestId: string, { teamId, keyId }: Scope): Promise<LedgerRow[]> {
    let rows = this.database.db.selectFrom('ledger').selectAll().where('request_id', '=', requestId);
    if (teamId !== undefined) rows = rows.where('team_id', '=', teamId);
    if (keyId !== undefined) rows = rows.where('key_id', '=', keyId);
    return rows.orderBy('attempt').execute();
  }

  /** The keys of rows of calls that came after a time, newest first, and those of some calls. */
  async rowKeys(after: Date, limit: number, requestIds: readonly string[]): Promise<RowKey[]> {
    const columns = ['request_id', 'attempt', 'state'] as const;
    const least = leastUlid(after.getTime());
    const { db } = this.database;
    const newest = await db
      .selectFrom('ledger')
      .select(columns)
      .where('request_id', '>=', least)
      .orderBy('request_id', 'desc')
      .orderBy('attempt', 'desc')
      .limit(limit)
      .execute();
    if (requestIds.length === 0) return newest;
    return [
      ...newest,
      ...(await db.selectFrom('ledger').select(columns).where('request_id', 'in', requestIds).execute()),
    ];
  }

  /** The rows with these keys, in their order. */
  async withKeys(keys: readonly Pick<RowKey, 'request_id' | 'attempt'>[]): Promise<LedgerRow[]> {
    if (keys.length === 0) return [];
    const pairs = sql.join(keys.map(({ request_id: id, attempt }) => sql`(${id}, ${attempt}::smallint)`));
    const query = this.database.db.selectFrom('ledger').selectAll();
    return query
      .where(sql<boolean>`(request_id, attempt) IN (${pairs})`)
      .orderBy('request_id')
      .orderBy('attempt')
      .execute();
  }

  /** The keys of rows that ended after a time, of calls that came at most ten minutes before it, newest first. */
  async endedSince(time: Date, limit: number): Promise<RowKey[]> {
    const least = leastUlid(time.getTime() - LONGEST_CALL_MS);
    const examined = this.database.db
      .selectFrom('ledger')
      .select(['request_id', 'attempt', 'state', 'created_at', 'latency_ms'])
      .where('request_id', '>=', least)
      .where('corrects', 'is', null)
      .orderBy('request_id', 'desc')
      .limit(MAX_EXAMINED)
      .as('newest');
    return this.database.db
      .selectFrom(examined)
      .select(['request_id', 'attempt', 'state'])
      .where('state', '<>', 'dispatched')
      .where(sql<boolean>`created_at + coalesce(latency_ms, 0) * interval '1 millisecond' >= ${time}`)
      .orderBy('request_id', 'desc')
      .limit(limit)
      .execute();
  }

  /** @param maxExamined specs set fewer */
  async page(query: PageQuery, limit: number, maxExamined = maxExaminedOf(query)): Promise<LedgerPage> {
    if (Object.values(query.rows).every((value) => value === undefined)) {
      const rows = await inOrder(this.database.db, query).selectAll().limit(limit).execute();
      return { rows, examinedTo: undefined };
    }
    const scan = scanOf(query);
    return snapshot(this.database, async (db) => {
      const examined = inOrder(db, scan).selectAll().limit(maxExamined).as('ledger');
      const rows = await db
        .selectFrom(examined)
        .selectAll()
        .where((eb) => matches(eb, query))
        .$call((select) => (query.sort === '-cost' ? select.orderBy('cost_pusd', 'desc') : select))
        .orderBy('request_id', query.sort === 'created_at' ? 'asc' : 'desc')
        .orderBy('attempt', query.sort === 'created_at' ? 'asc' : 'desc')
        .limit(limit)
        .execute();
      if (rows.length === limit) return { rows, examinedTo: undefined };
      const last = await inOrder(db, scan)
        .select(['request_id', 'attempt', 'cost_pusd'])
        .offset(maxExamined - 1)
        .limit(1)
        .executeTakeFirst();
      return { rows, examinedTo: last && placeOf(last) };
    });
  }
}

/** By cost, a team and a key are compared with row after row: no index has their rows in this order. */
function scanOf(query: PageQuery): PageQuery {
  if (query.sort !== '-cost') return query;
  return { ...query, indexed: { ...query.indexed, team_id: undefined, key_id: undefined } };
}

function maxExaminedOf({ sort, indexed: { team_id, key_id, batch_id } }: PageQuery): number {
  return sort === '-cost' || team_id || key_id || batch_id ? MAX_EXAMINED_APART : MAX_EXAMINED;
}

export function placeOf(row: Pick<LedgerRow, 'request_id' | 'attempt' | 'cost_pusd'>): RequestPlace {
  return { requestId: row.request_id, attempt: row.attempt, costPusd: row.cost_pusd };
}

/** The rows of the indexed filters after a place, in the order of an index. */
function inOrder(db: Kysely<Schema>, { indexed, rows, sort, after }: PageQuery) {
  const { from, to, idPrefix, ...equal } = indexed;
  const { least, below } = requestIdBounds(from, to);
  const byCost = sort === '-cost';
  const direction = sort === 'created_at' ? 'asc' : 'desc';
  return db
    .selectFrom('ledger')
    .where((eb) =>
      eb.and([
        eb.and(Object.fromEntries(Object.entries(equal).filter(([, value]) => value !== undefined))),
        ...(from ? [eb('created_at', '>=', from)] : []),
        ...(to ? [eb('created_at', '<', to)] : []),
        ...(least ? [eb('request_id', '>=', least)] : []),
        ...(below ? [eb('request_id', '<', below)] : []),
        ...(idPrefix ? [eb('request_id', '>=', idPrefix), eb('request_id', '<', idPrefix + AFTER_IDS)] : []),
        // Of rows by cost this is the end.
        ...(byCost && rows.minCostPusd !== undefined ? [eb('cost_pusd', '>=', rows.minCostPusd)] : []),
        ...(after ? [afterPlace(after, sort)] : []),
      ]),
    )
    .$if(byCost, (select) => select.orderBy('cost_pusd', direction))
    .orderBy('request_id', direction)
    .orderBy('attempt', direction);
}

function afterPlace({ requestId, attempt, costPusd }: RequestPlace, sort: RequestSort) {
  if (sort === '-cost')
    return sql<boolean>`(cost_pusd, request_id, attempt) < (${costPusd}::bigint, ${requestId}, ${attempt})`;
  const sign = sql.raw(sort === 'created_at' ? '>' : '<');
  return sql<boolean>`(request_id, attempt) ${sign} (${requestId}, ${attempt})`;
}

function matches(eb: ExpressionBuilder<Schema, 'ledger'>, { rows, indexed: { team_id, key_id } }: PageQuery) {
  const {
    model,
    status,
    state,
    error_code,
    provider,
    cache_status,
    tag,
    minCostPusd,
    min_latency_ms,
    saved_by,
    stream,
  } = rows;
  return eb.and([
    ...(team_id === undefined ? [] : [eb('team_id', '=', team_id)]),
    ...(key_id === undefined ? [] : [eb('key_id', '=', key_id)]),
    ...(model === undefined ? [] : [eb('model', '=', model)]),
    ...(status ? [eb.or(status.map(({ least, most }) => eb.between('status', least, most)))] : []),
    ...(state ? [eb('state', 'in', state)] : []),
    ...(error_code ? [eb('error_code', 'in', error_code)] : []),
    ...(provider ? [eb('provider', 'in', provider)] : []),
    ...(cache_status ? [eb('cache_status', 'in', cache_status)] : []),
    ...(tag === undefined ? [] : [sql<boolean>`tags @> ${JSON.stringify([tag])}::jsonb`]),
    ...(minCostPusd === undefined ? [] : [eb('cost_pusd', '>=', minCostPusd)]),
    ...(min_latency_ms === undefined ? [] : [eb('latency_ms', '>=', min_latency_ms)]),
    ...(saved_by ? [eb('saved_by', 'in', saved_by)] : []),
    ...(stream === undefined ? [] : [eb('stream', '=', stream)]),
  ]);
}
