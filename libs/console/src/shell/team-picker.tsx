import { Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { teamsQuery } from '../api/teams-query';
import { clearButton } from '../components/clear-button';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { sharedSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';

/** Narrows the pages to a team, for people who see several; the others see the name of theirs. */
export function TeamPicker() {
  const text = useText();
  const me = useMe();
  const [{ team }, change] = usePageSearch(sharedSearch);
  const isWide = me.roles.some(({ team_id: id }) => id === null) || me.roles.length > 1;
  const { data } = useQuery({ ...teamsQuery, enabled: isWide && me.permissions.includes('teams:read') });
  if (!isWide) return <Text truncate>{me.team?.name}</Text>;
  return (
    <Select
      aria-label={text('shell.team')}
      placeholder={text('shell.allTeams')}
      data={(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={team ?? null}
      onChange={(id) => change({ team: id ?? undefined })}
      clearable
      clearButtonProps={clearButton(text('shell.allTeams'))}
      searchable
      nothingFoundMessage={text('shell.paletteEmpty')}
      size="xs"
      w={180}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
    />
  );
}
