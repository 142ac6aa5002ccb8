import { SimpleGrid, Text } from '@mantine/core';
import type { Overview } from '@thriftgate/contracts';
import { Ranking, type RankingRow } from '../charts';
import { PageLink } from '../components/page-link';
import { Panel } from '../components/panel';
import { useMoney } from '../display/use-money';
import { useText } from '../i18n/use-text';

type Top = Overview['top'];

/** The lists, with the group of the usage page that has the rest, and its parameter that keeps one. */
const LISTS = [
  { list: 'teams', group: 'team', parameter: 'teams' },
  { list: 'models', group: 'model', parameter: 'model' },
  { list: 'keys', group: 'key', parameter: 'key' },
] as const;

/** The teams, models and keys that cost most; each leads to its usage. */
export function TopLists({ top, isStale }: { top: Top | undefined; isStale: boolean }) {
  const text = useText();
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="md">
      {LISTS.map(({ list, group, parameter }) => (
        <Panel key={list} isLoading={!top} isStale={isStale} isFull height={220}>
          {top && top[list].length === 0 && <Text c="dimmed">{text('overview.noneYet')}</Text>}
          {top && top[list].length > 0 && <TopList rows={top[list]} list={list} parameter={parameter} />}
          <Text size="sm" mt="sm">
            <PageLink page="usage" search={{ by: group }}>
              {text(`overview.all.${list}`)}
            </PageLink>
          </Text>
        </Panel>
      ))}
    </SimpleGrid>
  );
}

interface TopListProps {
  rows: Top['teams'];
  list: keyof Top;
  parameter: string;
}

function TopList({ rows, list, parameter }: TopListProps) {
  const text = useText();
  const money = useMoney();
  const link = ({ id }: RankingRow, name: React.ReactNode) => (
    <PageLink page="usage" search={{ by: list === 'models' ? 'key' : 'model', [parameter]: id }}>
      {name}
    </PageLink>
  );
  return (
    <Ranking
      title={text(`overview.top.${list}`)}
      rows={rows.map(({ id, name, cost_usd: value, saved_usd: second }) => ({
        id,
        name: name ?? id,
        href: '#',
        value,
        second,
      }))}
      headers={{ name: text(`overview.name.${list}`), value: text('overview.cost'), second: text('overview.saved') }}
      format={money.cell}
      renderLink={link}
    />
  );
}
