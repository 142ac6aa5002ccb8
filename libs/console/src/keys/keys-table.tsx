import { Button, Code, Stack, Text } from '@mantine/core';
import type { CreatedKey } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { compareDecimal, formatCount, formatDay } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge, type Tone } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { usePageSearch } from '../routes/use-search';
import { KeyMenu } from './key-menu';
import type { KeyFilter, KeyRow, KeyState } from './key-rows';

interface KeysTableProps {
  rows: readonly KeyRow[];
  filter: KeyFilter;
  soughtId: string | undefined;
  isStale: boolean;
  onRotated: (key: CreatedKey) => void;
}

const TONES: Readonly<Record<KeyState, Tone>> = {
  active: 'good',
  expiring: 'soon',
  replaced: 'soon',
  expired: 'plain',
  revoked: 'plain',
};
const NOTHING = '–';

/** Keys by name, with their cost in the period and what one may do with them. */
export function KeysTable({ rows, filter, soughtId, isStale, onRotated }: KeysTableProps) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { language } = useLanguage();
  const mayWrite = useMay('keys:write');
  const columns: DataColumn<KeyRow>[] = [
    { id: 'name', header: text('keys.name'), sortBy: ({ key }) => key.name, cell: (row) => <NameCell row={row} /> },
    {
      id: 'role',
      header: text('keys.role'),
      sortBy: ({ key }) => key.role,
      cell: ({ key }) => text(key.managed ? 'keys.managed' : `shell.role.${key.role}`),
    },
    {
      id: 'prefix',
      header: text('keys.prefix'),
      cell: ({ key }) => <Code style={{ whiteSpace: 'nowrap' }}>{key.prefix}…</Code>,
    },
    {
      id: 'used',
      header: text('keys.lastUsed'),
      sortBy: ({ lastDay }) => lastDay ?? '',
      cell: ({ lastDay }) =>
        lastDay === undefined ? NOTHING : lastDay === null ? text('keys.unused90') : formatDay(lastDay, language),
    },
    {
      id: 'cost',
      header: text('keys.cost'),
      isNumber: true,
      sortBy: ({ costUsd }) => costUsd ?? '0',
      compare: compareDecimal,
      cell: ({ key, costUsd }) =>
        costUsd === undefined ? (
          NOTHING
        ) : (
          <PageLink page="requests" search={{ q: `key:${key.id}` }}>
            {amount(costUsd)}
          </PageLink>
        ),
    },
    {
      id: 'requests',
      header: text('keys.requests'),
      isNumber: true,
      sortBy: ({ requests }) => requests ?? 0,
      cell: ({ requests }) => (requests === undefined ? NOTHING : formatCount(requests, language)),
    },
    {
      id: 'expires',
      header: text('keys.expires'),
      sortBy: ({ key }) => key.expires_at ?? '9999',
      cell: ({ key }) => (key.expires_at === null ? text('keys.never') : <When at={key.expires_at} as="day" />),
    },
    {
      id: 'limit',
      header: text('keys.limit'),
      isNumber: true,
      cell: ({ key }) =>
        key.rpm_limit === null
          ? text('keys.unlimited')
          : text('keys.perMinute', { count: formatCount(key.rpm_limit, language) }),
    },
    ...(mayWrite
      ? [{ id: 'acts', header: '', cell: (row: KeyRow) => <KeyMenu row={row} onRotated={onRotated} /> }]
      : []),
  ];
  return (
    <DataTable
      caption={text('shell.page.keys')}
      columns={columns}
      rows={rows}
      rowId={({ key }) => key.id}
      openId={soughtId}
      initialSort={{ id: 'cost', desc: true }}
      isStale={isStale}
      empty={<NoKeys filter={filter} />}
    />
  );
}

function NameCell({ row: { key, state } }: { row: KeyRow }) {
  const text = useText();
  return (
    <Stack gap={2} align="flex-start">
      <span>{key.name}</span>
      {state !== 'active' && <StateBadge tone={TONES[state]}>{text(`keys.state.${state}`)}</StateBadge>}
      {key.models !== null && (
        <Text size="xs" c="dimmed" lineClamp={1} title={key.models.join(', ')}>
          {key.models.join(', ')}
        </Text>
      )}
    </Stack>
  );
}

function NoKeys({ filter }: { filter: KeyFilter }) {
  const text = useText();
  const [, change] = usePageSearch(() => ({}));
  if (filter === 'active') return <EmptyState title={text('keys.none')} why={text('keys.noneWhy')} />;
  return (
    <EmptyState title={text('keys.noneShown')}>
      <Button variant="default" size="xs" onClick={() => change({ show: undefined })}>
        {text('components.clearFilters')}
      </Button>
    </EmptyState>
  );
}
