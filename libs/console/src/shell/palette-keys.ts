import { useDebouncedValue } from '@mantine/hooks';
import type { SpotlightActionGroupData } from '@mantine/spotlight';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { useTeamNames } from '../display/use-teams';
import { useText } from '../i18n/use-text';
import type { OpenPage } from '../routes/use-open-page';

const KEY_ID = /^key_[0-9A-HJKMNP-TV-Z]{26}$/;
/** How the texts of keys and secrets begin, which must get into no address and so into no log. */
const SECRET = /sk-|whsec_/i;
const LEAST_LETTERS = 2;
const MOST = 8;
const TYPING_MS = 200;

/** Keys by a part of their name, or by a pasted id, each on the page of its team's keys. */
export function useKeyActions(query: string, openPage: OpenPage): SpotlightActionGroupData {
  const text = useText();
  const [typed] = useDebouncedValue(query.trim(), TYPING_MS);
  const isId = KEY_ID.test(typed);
  const isWanted = typed.length >= LEAST_LETTERS && !SECRET.test(typed);
  const teamOf = useTeamNames(isWanted);
  const { data } = useQuery({
    queryKey: ['keys', 'found', typed],
    queryFn: ({ signal }) => find(typed, isId, signal),
    enabled: isWanted,
    placeholderData: keepPreviousData,
  });
  const actions = (isWanted && data ? data : []).map(({ id, name, prefix, team_id: teamId }) => ({
    id,
    label: name,
    description: `${teamOf(teamId)} · ${prefix}…`,
    // The gateway has found it: the palette's own search must not lose it.
    keywords: [id, typed],
    onClick: () => void openPage('keys', { params: { teamId }, search: { key: id } }),
  }));
  return { group: text('shell.page.keys'), actions };
}

async function find(typed: string, isId: boolean, signal: AbortSignal) {
  if (isId) return [await api.admin.keys.retrieve(typed, { signal })];
  return (await api.admin.keys.find({ name: typed, limit: MOST }, { signal })).data;
}
