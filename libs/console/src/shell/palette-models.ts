import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { useText } from '../i18n/use-text';
import type { OpenPage } from '../routes/use-open-page';

/** Models by name. */
export function useModelActions(query: string, openPage: OpenPage): SpotlightActionGroupData {
  const text = useText();
  const { data } = useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => api.admin.models.list({ signal }),
    enabled: query !== '',
  });
  const actions = (data?.data ?? []).map(({ name }) => ({
    id: `model ${name}`,
    label: name,
    onClick: () => void openPage('models', { search: { model: name } }),
  }));
  return { group: text('shell.page.models'), actions };
}
