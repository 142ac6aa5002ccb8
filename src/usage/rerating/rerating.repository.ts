import { Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import type { RatedFacts } from '../../ledger/rated-facts';
import { Database } from '../../database/database.connection';
import type { LedgerTable } from '../../database/tables/ledger-tables';
import { requestIdBounds } from '../reports/request-key';

export interface RatedFilter {
  from: Date;
  to: Date;
  model?: string | undefined;
  team_id?: string | undefined;
  provider?: string | undefined;
}

/** A settled attempt with the sum of its corrections. */
export type RatedRow = Omit<Selectable<LedgerTable>, 'rated'> & {
  rated: RatedFacts | null;
  corrections: number;
  corrected_list_pusd: bigint;
  corrected_cost_pusd: bigint;
};

@Injectable()
export class ReratingRepository {
  constructor(private readonly database: Database) {}

  /** Settled attempts of a period after a key, in the order of their keys. */
  async page(filter: RatedFilter, after: { requestId: string; attempt: number }, limit: number): Promise<RatedRow[]> {
    const { least = '', below = '\x7f' } = requestIdBounds(filter.from, filter.to);
    const { rows } = await sql<RatedRow>`
      SELECT row.*, coalesce(done.corrections, 0)::int AS corrections,
        row.list_cost_pusd + coalesce(done.list, 0)::bigint AS corrected_list_pusd,
        row.cost_pusd + coalesce(done.cost, 0)::bigint AS corrected_cost_pusd
      FROM ledger AS row LEFT JOIN LATERAL (
        SELECT count(*) AS corrections, sum(list_cost_pusd) AS list, sum(cost_pusd) AS cost FROM ledger AS correction
        WHERE correction.request_id = row.request_id AND correction.corrects = row.attempt
      ) AS done ON true
      WHERE row.state = 'settled' AND row.corrects IS NULL AND (row.request_id, row.attempt) > (${after.requestId}, ${after.attempt})
        AND row.request_id >= ${least} AND row.request_id < ${below}
        AND row.created_at >= ${filter.from} AND row.created_at < ${filter.to}
        AND (${filter.model ?? null}::text IS NULL OR row.model = ${filter.model ?? null})
        AND (${filter.team_id ?? null}::text IS NULL OR row.team_id = ${filter.team_id ?? null})
        AND (${filter.provider ?? null}::text IS NULL OR row.provider = ${filter.provider ?? null})
      ORDER BY row.request_id, row.attempt LIMIT ${limit}`.execute(this.database.db);
    return rows;
  }
}
