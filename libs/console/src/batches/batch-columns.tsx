import { Text } from '@mantine/core';
import type { AdminBatch } from '@thriftgate/contracts';
import type { DataColumn } from '../components/data-table-columns';
import { When } from '../components/when';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { compareDecimal, relativeTime } from '../format';
import { useText } from '../i18n/use-text';
import { isRunning } from './batch-status';
import { ProgressBar } from './progress-bar';
import { StatusBadge } from './status-badge';

/** Unix seconds as RFC 3339. */
export const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The columns of the list of batches. */
export function useBatchColumns(): DataColumn<AdminBatch>[] {
  const text = useText();
  const { cell: amount } = useMoney();
  const { count } = useNumbers();
  const { timezone, language } = useDisplay();
  return [
    { id: 'created', header: text('batches.created'), cell: (batch) => <When at={timeOf(batch.created_at)} /> },
    {
      id: 'id',
      header: text('batches.batch'),
      cell: ({ id, metadata }) => (
        <>
          <Text size="sm" fw={600} lineClamp={1} maw={220} title={nameOf(metadata)}>
            {nameOf(metadata) ?? text('batches.unnamed')}
          </Text>
          <Text size="xs" c="dimmed" ff="monospace" title={id} className="unbroken">
            …{id.slice(-10)}
          </Text>
        </>
      ),
    },
    { id: 'status', header: text('batches.status'), cell: ({ status }) => <StatusBadge status={status} /> },
    {
      id: 'progress',
      header: text('batches.lines'),
      cell: ({ request_counts: counts }) => <ProgressBar counts={counts} />,
    },
    {
      id: 'cached',
      header: text('batches.notAsked'),
      isNumber: true,
      cell: ({ gateway }) => count(gateway.cached + gateway.deduplicated),
    },
    {
      id: 'cost',
      header: text('batches.cost'),
      isNumber: true,
      sortBy: ({ gateway }) => gateway.cost_usd,
      compare: compareDecimal,
      cell: ({ gateway }) => amount(gateway.cost_usd),
    },
    {
      id: 'list',
      header: text('batches.listCost'),
      isNumber: true,
      sortBy: ({ gateway }) => gateway.list_cost_usd,
      compare: compareDecimal,
      cell: ({ gateway }) => amount(gateway.list_cost_usd),
    },
    {
      id: 'owner',
      header: text('batches.owner'),
      cell: (batch) => (
        <>
          <Text size="sm" className="unbroken">
            {batch.team_name ?? batch.team_id}
          </Text>
          <Text size="xs" c="dimmed">
            {batch.key_name ?? batch.key_id}
          </Text>
        </>
      ),
    },
    {
      id: 'left',
      header: text('batches.window'),
      cell: (batch) =>
        isRunning(batch) ? (
          <span
            className="unbroken"
            title={relativeTime(new Date(batch.expires_at * 1000), new Date(), timezone, language).title}
          >
            {relativeTime(new Date(batch.expires_at * 1000), new Date(), timezone, language).text}
          </span>
        ) : (
          '–'
        ),
    },
  ];
}

/** What people have called a batch in its metadata. */
export function nameOf(metadata: AdminBatch['metadata']): string | undefined {
  return metadata?.['name'] ?? metadata?.['job'] ?? metadata?.['title'];
}
