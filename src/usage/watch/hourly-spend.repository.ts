import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import type { HourlySpend } from './forecast';

/** The spending of a team in some hours, and the first hour with spending. */
export interface TeamHours {
  teamId: string;
  sinceMs: number;
  hours: HourlySpend;
}

@Injectable()
export class HourlySpendRepository {
  constructor(private readonly database: Database) {}

  /** The spending of a team, of one of its keys, or of all teams, in each hour since. */
  async ofTeam(teamId: string | null, keyId: string | null, since: Date): Promise<HourlySpend> {
    const rows = await this.database.db
      .selectFrom('usage_rollups')
      .select(['period', sql<string>`sum(cost_pusd)`.as('cost')])
      .where('grain', '=', keyId === null ? 'hour by team_only' : 'hour by caller')
      .where('period', '>=', since)
      .$if(teamId !== null, (query) => query.where('team_id', '=', teamId ?? ''))
      .$if(keyId !== null, (query) => query.where('key_id', '=', keyId ?? ''))
      .groupBy('period')
      .execute();
    return new Map(rows.map((row) => [row.period.getTime(), BigInt(row.cost)]));
  }

  /** The teams that spent at least `floorPusd` in an hour, with their spending in `hoursMs`. */
  async ofSpenders(hourMs: number, floorPusd: PicoUsd, hoursMs: number[]): Promise<TeamHours[]> {
    const hours = hoursMs.map((each) => new Date(each).toISOString());
    const { rows } = await sql<{ team_id: string; since: Date; period: Date; cost: string }>`
      WITH spenders AS (
        SELECT team_id FROM usage_rollups WHERE grain = 'hour by team_only' AND period = ${new Date(hourMs)}
        GROUP BY team_id HAVING sum(cost_pusd) >= ${floorPusd.toString()}::numeric
      )
      SELECT rollup.team_id, rollup.period, sum(rollup.cost_pusd) AS cost,
        (SELECT min(first.period) FROM usage_rollups first WHERE first.team_id = rollup.team_id AND first.grain = 'hour by team_only') AS since
      FROM spenders JOIN usage_rollups rollup ON rollup.team_id = spenders.team_id
      WHERE rollup.grain = 'hour by team_only' AND rollup.period = ANY(${hours}::timestamptz[])
      GROUP BY rollup.team_id, rollup.period`.execute(this.database.db);
    const teams = new Map<string, TeamHours & { hours: Map<number, PicoUsd> }>();
    for (const { team_id: teamId, since, period, cost } of rows) {
      const team = teams.get(teamId) ?? { teamId, sinceMs: since.getTime(), hours: new Map<number, PicoUsd>() };
      team.hours.set(period.getTime(), BigInt(cost));
      teams.set(teamId, team);
    }
    return [...teams.values()];
  }
}
