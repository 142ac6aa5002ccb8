import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { snapshot } from '../../database/snapshot';
import { partsOf } from './report-parts.repository';
import type { UsageFilter } from './report-span';

/** Reads what calls cost by period. */
@Injectable()
export class PeriodSpendRepository {
  constructor(private readonly database: Database) {}

  /**
   * What the calls of a filter cost, by the start of their period in milliseconds since 1970. Periods without calls are missing.
   *
   * @param startsMs when each period begins, ascending; it ends where the next one begins
   */
  async of(filter: UsageFilter, startsMs: readonly number[]): Promise<ReadonlyMap<number, PicoUsd>> {
    const rows = await snapshot(this.database, (transaction) =>
      transaction
        .selectFrom(partsOf(filter, [], startsMs).as('part'))
        .select(['part.period', sql<string>`sum(part.cost_pusd)`.as('cost')])
        .groupBy('part.period')
        .execute(),
    );
    return new Map(rows.map(({ period, cost }) => [period.getTime(), BigInt(cost)]));
  }
}
