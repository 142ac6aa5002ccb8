import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { KeysService } from '../../keys/keys.service';
import { TeamsService } from '../../teams/teams.service';

type Groups = Partial<Record<UsageGroup, string | null>>;
type NamedGroups = Groups & { key_name?: string | null; team_name?: string | null };

/** The names of teams and keys beside their ids, also of deleted ones. */
@Injectable()
export class GroupNames {
  constructor(
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
  ) {}

  /** The names of teams and keys by id; unknown ids are missing. */
  async of(teamIds: readonly string[], keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const [teams, keys] = await Promise.all([
      this.teams.names([...new Set(teamIds)]),
      this.keys.names([...new Set(keyIds)]),
    ]);
    return new Map([...teams, ...keys]);
  }

  async named(rows: readonly Groups[]): Promise<NamedGroups[]> {
    const idsOf = (group: 'team' | 'key') => [...new Set(rows.flatMap((row) => row[group] ?? []))];
    const [teams, keys] = await Promise.all([this.teams.names(idsOf('team')), this.keys.names(idsOf('key'))]);
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
