import { Card, Text, Title } from '@mantine/core';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';

type Shard = AdminBatchDetails['shards'][number];

const STATES = {
  planned: 'batches.shard.planned',
  sending: 'batches.shard.sending',
  sent: 'batches.shard.sent',
  ended: 'batches.shard.ended',
} as const satisfies Record<Shard['state'], MessageId>;

/** The vendors' batches that run lines of this one. */
export function ShardTable({ shards }: { shards: readonly Shard[] }) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { count } = useNumbers();
  const columns: DataColumn<Shard>[] = [
    { id: 'provider', header: text('batches.provider'), cell: ({ provider }) => provider },
    {
      id: 'model',
      header: text('batches.model'),
      cell: ({ model, upstream_model: upstream }) => (upstream === model ? model : `${model} → ${upstream}`),
    },
    {
      id: 'lines',
      header: text('batches.lines'),
      isNumber: true,
      sortBy: ({ lines }) => lines,
      cell: ({ lines }) => count(lines),
    },
    {
      id: 'state',
      header: text('batches.status'),
      cell: ({ state, vendor_status: vendor }) => (
        <>
          {text(STATES[state])}
          {vendor !== null && (
            <Text component="span" size="xs" c="dimmed" lang="en">
              {` (${vendor})`}
            </Text>
          )}
        </>
      ),
    },
    { id: 'worst', header: text('batches.worst'), isNumber: true, cell: (shard) => amount(shard.worst_cost_usd) },
    { id: 'vendor', header: text('batches.vendorId'), cell: ({ vendor_batch_id: id }) => id ?? '–' },
    { id: 'error', header: text('batches.error'), cell: ({ error }) => <span lang="en">{error ?? '–'}</span> },
  ];
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h3" mb="xs">
        {text('batches.shards')}
      </Title>
      <DataTable caption={text('batches.shards')} columns={columns} rows={shards} rowId={({ id }) => id} isDense />
    </Card>
  );
}
