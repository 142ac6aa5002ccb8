import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { PAGE_LIST } from '../routes/pages';
import { useOpenPage } from '../routes/use-open-page';
import { PAGE_ICONS } from './page-icons';
import { PALETTE_SOURCES } from './palette-sources';

const REQUEST_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

/** ⌘K: finds pages, and what the sources of `palette-sources.ts` know; a pasted request id leads to its request. */
export function Palette() {
  const [text, openPage, { permissions }] = [useText(), useOpenPage(), useMe()];
  const [query, setQuery] = useState('');
  const pages: SpotlightActionData[] = PAGE_LIST.filter(
    ({ path, permission }) => !path.includes('$') && permissions.includes(permission),
  ).map(({ name }) => {
    const Icon = PAGE_ICONS[name];
    return {
      id: name,
      label: text(`shell.page.${name}`),
      keywords: [name],
      leftSection: <Icon size={16} aria-hidden />,
      onClick: () => void openPage(name),
    };
  });
  const id = query.trim();
  const request: SpotlightActionData[] = REQUEST_ID.test(id)
    ? [
        {
          id: 'request',
          label: text('shell.paletteRequest', { id }),
          keywords: [id],
          onClick: () => void openPage('requests', { search: { request: id } }),
        },
      ]
    : [];
  const found = PALETTE_SOURCES.filter(({ permission }) => permissions.includes(permission)).map((source) =>
    source.useActions(query, openPage),
  );
  const groups: SpotlightActionGroupData[] = [
    ...(request.length > 0 ? [{ group: text('shell.page.requests'), actions: request }] : []),
    { group: text('shell.palettePages'), actions: pages },
    ...found,
  ];
  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={(value) => setQuery(value.normalize('NFC'))}
      nothingFound={text('shell.paletteEmpty')}
      shortcut={['mod + K']}
      highlightQuery
      overlayProps={{ blur: 0, backgroundOpacity: 0.45 }}
      transitionProps={{ duration: 0 }}
      scrollable
      maxHeight={420}
      limit={20}
      searchProps={{
        leftSection: <Search size={16} aria-hidden />,
        placeholder: text('shell.paletteHint'),
        'aria-label': text('shell.paletteHint'),
      }}
    />
  );
}
