import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';

@Injectable()
export class HourlySpendRepository {
  constructor(private readonly database: Database) {}

  /** What a team, or one key of it, spent in each hour since. */
  async ofTeam(teamId: string, keyId: string | null, since: Date): Promise<Map<number, bigint>> {
    const rows = await this.database.db
      .selectFrom('usage_rollups')
      .select(['period', sql<string>`sum(cost_pusd)`.as('cost')])
      .where('grain', '=', 'hour')
      .where('period', '>=', since)
      .where('team_id', '=', teamId)
      .$if(keyId !== null, (query) => query.where('key_id', '=', keyId ?? ''))
      .groupBy('period')
      .execute();
    return new Map(rows.map((row) => [row.period.getTime(), BigInt(row.cost)]));
  }

  /** The teams that spent something in an hour. */
  async teamsIn(hour: Date): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('usage_rollups')
      .select('team_id')
      .distinct()
      .where('grain', '=', 'hour')
      .where('period', '=', hour)
      .where('cost_pusd', '>', '0')
      .execute();
    return rows.map((row) => row.team_id);
  }
}
