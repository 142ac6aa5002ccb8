import type { Budget, Team, UsageReport, UsageRow } from '@thriftgate/contracts';

/** A team with the sums of the period and its budget. */
export interface TeamRow extends Team {
  /** Undefined without calls in the period. */
  sums: UsageRow | undefined;
  /** The budget of the whole team; null without one, undefined until it is known. */
  budget: Budget | null | undefined;
}

/** Joins teams with what they have spent and may spend. */
export function teamRows(teams: readonly Team[], usage?: UsageReport, budgets?: readonly Budget[]): TeamRow[] {
  const sums = new Map(usage?.data.map((row) => [row.team, row]));
  const ofTeams = budgets?.filter(({ key_id: key }) => key === null);
  return teams.map((team) => ({
    ...team,
    sums: sums.get(team.id),
    budget: ofTeams && (ofTeams.find(({ team_id: id }) => id === team.id) ?? null),
  }));
}
