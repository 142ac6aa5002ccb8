import { useQuery } from '@tanstack/react-query';
import type { Team } from '@thriftgate/contracts';
import { useCallback, useMemo } from 'react';
import { useMay } from '../me/use-me';
import { teamsQuery } from '../api/teams-query';

const NONE: readonly Team[] = [];

/** The teams that the person sees; none while they are loaded, and for people who may not read teams. */
export function useTeams(isWanted = true): readonly Team[] {
  const { data } = useQuery({ ...teamsQuery, enabled: useMay('teams:read') && isWanted });
  return data?.data ?? NONE;
}

/** Names teams by their ids; an id without a name stands for itself. */
export function useTeamNames(isWanted = true): (id: string) => string {
  const teams = useTeams(isWanted);
  return useCallback((id) => teams.find((team) => team.id === id)?.name ?? id, [teams]);
}

/** The teams as options of a choice. */
export function useTeamOptions(): { value: string; label: string }[] {
  const teams = useTeams();
  return useMemo(() => teams.map(({ id, name }) => ({ value: id, label: name })), [teams]);
}
