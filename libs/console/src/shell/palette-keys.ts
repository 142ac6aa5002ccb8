import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { useText } from '../i18n/use-text';
import type { OpenPage } from '../routes/use-open-page';

const KEY_ID = /^key_[0-9A-HJKMNP-TV-Z]{26}$/;

/** The key of a pasted id, on the page of its team's keys. */
export function useKeyActions(query: string, openPage: OpenPage): SpotlightActionGroupData {
  const text = useText();
  const id = query.trim();
  const { data } = useQuery({
    queryKey: ['keys', id],
    queryFn: ({ signal }) => api.admin.keys.retrieve(id, { signal }),
    enabled: KEY_ID.test(id),
  });
  const actions = data
    ? [
        {
          id: data.id,
          label: data.name,
          keywords: [data.id],
          onClick: () => void openPage('keys', { params: { teamId: data.team_id } }),
        },
      ]
    : [];
  return { group: text('shell.page.keys'), actions };
}
