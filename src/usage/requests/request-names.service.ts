import { Injectable } from '@nestjs/common';
import { KeysService } from '../../keys/keys.service';
import { TeamsService } from '../../teams/teams.service';

/** The names of the teams and keys of rows, by id. */
export interface RowNames {
  teams: ReadonlyMap<string, string>;
  keys: ReadonlyMap<string, string>;
}

/** Looks up the names of teams and keys for lists, also of deleted ones: two queries for any number of rows. */
@Injectable()
export class RequestNames {
  constructor(
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
  ) {}

  async of(rows: readonly { team_id: string; key_id: string }[]): Promise<RowNames> {
    const [teams, keys] = await Promise.all([
      this.teams.names([...new Set(rows.map((row) => row.team_id))]),
      this.keys.names([...new Set(rows.map((row) => row.key_id))]),
    ]);
    return { teams, keys };
  }
}
