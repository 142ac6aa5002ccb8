import { Text } from '@mantine/core';
import type { Overview, SavedBy as Source } from '@thriftgate/contracts';
import { Ranking } from '../charts';
import { PageLink } from '../components/page-link';
import { Panel } from '../components/panel';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';

/** What saved how much, the greatest first. */
export function SavedBy({ overview, isStale }: { overview: Overview | undefined; isStale: boolean }) {
  const text = useText();
  const money = useMoney();
  const rows = Object.entries(overview?.total.saved_by ?? {})
    .filter(([, amount]) => compareDecimal(amount, '0') > 0)
    .toSorted(([, a], [, b]) => compareDecimal(b, a))
    .map(([source, value]) => ({ id: source, name: text(`overview.savedBy.${source as Source}`), value }));
  return (
    <Panel isLoading={!overview} isStale={isStale} isFull height={300}>
      {rows.length === 0 ? (
        <Text c="dimmed">{text('overview.nothingSaved')}</Text>
      ) : (
        <Ranking
          title={text('overview.savedByTitle')}
          rows={rows}
          headers={{ name: text('overview.source'), value: text('overview.saved') }}
          format={money.cell}
        />
      )}
      <Text size="sm" mt="sm">
        <PageLink page="savings">{text('overview.toSavings')}</PageLink>
      </Text>
    </Panel>
  );
}
