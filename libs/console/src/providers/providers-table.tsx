import { Stack, Text } from '@mantine/core';
import type { Provider } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { useMoney } from '../display/use-money';
import { compareDecimal, formatCount } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { FailureSpark, Latencies, SuccessRate } from '../models/health';
import type { HealthSpan } from '../models/model-rows';

interface ProvidersTableProps {
  rows: readonly Provider[];
  span: HealthSpan;
  openId: string | undefined;
  onOpen: (provider: string) => void;
}

export function ProvidersTable({ rows, span, openId, onOpen }: ProvidersTableProps) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { language } = useLanguage();
  const columns: DataColumn<Provider>[] = [
    {
      id: 'name',
      header: text('models.provider'),
      sortBy: ({ name }) => name,
      cell: ({ name, type, problem }) => (
        <Stack gap={0}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          {type !== name && (
            <Text size="xs" c="dimmed">
              {type}
            </Text>
          )}
          {problem !== null && (
            <Text size="xs" c="var(--bad)">
              {problem}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      id: 'state',
      header: text('models.state'),
      cell: ({ enabled }) => (
        <StateBadge tone={enabled ? 'good' : 'plain'}>{text(enabled ? 'models.on' : 'models.off')}</StateBadge>
      ),
    },
    {
      id: 'success',
      header: text('models.success'),
      isNumber: true,
      sortBy: ({ health }) => health.last_24h.requests,
      cell: ({ health }) => <SuccessRate health={health} span={span} />,
    },
    {
      id: 'latency',
      header: 'p50 / p95',
      isNumber: true,
      cell: ({ health }) => <Latencies health={health} span={span} />,
    },
    {
      id: 'limited',
      header: '429',
      isNumber: true,
      cell: ({ health }) => formatCount(health[span].rate_limited, language),
    },
    { id: 'failures', header: text('models.failures24h'), cell: ({ health }) => <FailureSpark health={health} /> },
    {
      id: 'spend',
      header: text('models.spendToday'),
      isNumber: true,
      sortBy: ({ health }) => health.spend_today_usd,
      compare: compareDecimal,
      cell: ({ health }) => amount(health.spend_today_usd),
    },
    {
      id: 'keys',
      header: text('models.keys'),
      isNumber: true,
      cell: ({ keys, health: { keys_set_aside: aside } }) =>
        aside === 0 ? formatCount(keys.length, language) : text('models.keysAside', { count: keys.length, aside }),
    },
    { id: 'source', header: text('models.source'), cell: ({ source }) => text(`models.source.${source}`) },
  ];
  return (
    <DataTable
      caption={text('models.view.providers')}
      columns={columns}
      rows={rows}
      rowId={({ name }) => name}
      onOpen={({ name }) => onOpen(name)}
      openId={openId}
      initialSort={{ id: 'success', desc: true }}
      empty={<EmptyState title={text('models.noProvider')} why={text('models.noProviderWhy')} />}
    />
  );
}
