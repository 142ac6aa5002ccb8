import type { BatchQuote, BatchTier } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';

type Row = BatchQuote['models'][number];

const TIERS = {
  batch: 'batches.tier.batch',
  flex: 'batches.tier.flex',
  off_peak: 'batches.tier.offPeak',
  live: 'batches.tier.live',
} as const satisfies Record<BatchTier, MessageId>;

/** A quote by model and by the way in which its lines run. */
export function QuoteTable({ models }: { models: readonly Row[] }) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { count } = useNumbers();
  const columns: DataColumn<Row>[] = [
    { id: 'model', header: text('batches.model'), cell: ({ model }) => model },
    {
      id: 'provider',
      header: text('batches.provider'),
      cell: ({ provider }) => provider ?? text('batches.noProvider'),
    },
    { id: 'tier', header: text('batches.tier'), cell: ({ tier }) => (tier === null ? '–' : text(TIERS[tier])) },
    { id: 'lines', header: text('batches.lines'), isNumber: true, cell: ({ lines }) => count(lines) },
    { id: 'list', header: text('batches.listCost'), isNumber: true, cell: (row) => amount(row.list_cost_usd) },
    { id: 'cost', header: text('batches.cost'), isNumber: true, cell: (row) => amount(row.cost_usd) },
  ];
  return (
    <DataTable
      caption={text('batches.quoteByModel')}
      columns={columns}
      rows={models}
      rowId={({ model, provider, tier }) => `${model} ${provider} ${tier}`}
      isDense
    />
  );
}
