import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { KeysService } from '../../keys/keys.service';
import { TeamsService } from '../../teams/teams.service';

/** The names of teams and keys by id; unknown ids are missing. */
export interface Names {
  teams: ReadonlyMap<string, string>;
  keys: ReadonlyMap<string, string>;
}

type Groups = Partial<Record<UsageGroup, string | null>>;
type NamedGroups = Groups & { key_name?: string | null; team_name?: string | null };

/** Looks up the names of teams and keys, also of deleted ones: two queries for any number of ids. */
@Injectable()
export class TeamAndKeyNames {
  constructor(
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
  ) {}

  async of(teamIds: readonly string[], keyIds: readonly string[]): Promise<Names> {
    const [teams, keys] = await Promise.all([
      this.teams.names([...new Set(teamIds)]),
      this.keys.names([...new Set(keyIds)]),
    ]);
    return { teams, keys };
  }

  /** The names of the teams and keys that pay for calls or batches. */
  ofRows(rows: readonly { team_id: string; key_id: string }[]): Promise<Names> {
    return this.of(
      rows.map((row) => row.team_id),
      rows.map((row) => row.key_id),
    );
  }

  /** The groups of a report with names beside the ids. */
  async named(rows: readonly Groups[]): Promise<NamedGroups[]> {
    const idsOf = (group: 'team' | 'key') => rows.flatMap((row) => row[group] ?? []);
    const { teams, keys } = await this.of(idsOf('team'), idsOf('key'));
    const nameIn = (names: ReadonlyMap<string, string>, id: string | null) =>
      id === null ? null : (names.get(id) ?? null);
    return rows.map((row) => {
      const named: NamedGroups = {};
      for (const [group, value] of Object.entries(row) as [UsageGroup, string | null][]) {
        named[group] = value;
        if (group === 'team') named.team_name = nameIn(teams, value);
        if (group === 'key') named.key_name = nameIn(keys, value);
      }
      return named;
    });
  }
}
