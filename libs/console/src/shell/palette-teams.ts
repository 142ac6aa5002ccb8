import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { teamsQuery } from '../api/teams-query';
import { useText } from '../i18n/use-text';
import type { OpenPage } from '../routes/use-open-page';

/** Teams by name. */
export function useTeamActions(query: string, openPage: OpenPage): SpotlightActionGroupData {
  const text = useText();
  const { data } = useQuery({ ...teamsQuery, enabled: query !== '' });
  const actions = (data?.data ?? []).map(({ id, name }) => ({
    id,
    label: name,
    onClick: () => void openPage('team', { params: { teamId: id } }),
  }));
  return { group: text('shell.page.teams'), actions };
}
