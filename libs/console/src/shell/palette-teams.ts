import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { teamsQuery } from '../api/teams-query';
import { useText } from '../i18n/use-text';

/** Teams by name. */
export function useTeamActions(query: string, open: (path: string) => void): SpotlightActionGroupData {
  const text = useText();
  const { data } = useQuery({ ...teamsQuery, enabled: query !== '' });
  const actions = (data?.data ?? []).map(({ id, name }) => ({
    id,
    label: name,
    onClick: () => open(`/teams/${id}`),
  }));
  return { group: text('shell.page.teams'), actions };
}
