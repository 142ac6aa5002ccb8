import { Text, Title } from '@mantine/core';
import type { RequestDetails } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';

type Attempt = RequestDetails['attempts'][number];

/** The rows of the ledger of one request, and the prices that they were charged by. */
export function AttemptList({ attempts, prices }: Pick<RequestDetails, 'attempts' | 'prices'>) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { count, latency, exactUsd } = useNumbers();
  const columns: DataColumn<Attempt>[] = [
    { id: 'n', header: '#', cell: ({ attempt, corrects }) => (corrects === null ? attempt : `±${corrects}`) },
    {
      id: 'provider',
      header: text('requests.provider'),
      cell: ({ provider }) => <span style={{ whiteSpace: 'nowrap' }}>{provider ?? '–'}</span>,
    },
    { id: 'status', header: text('requests.status'), isNumber: true, cell: ({ status }) => status ?? '–' },
    { id: 'latency', header: text('requests.latency'), isNumber: true, cell: ({ latency_ms: ms }) => latency(ms) },
    {
      id: 'tokens',
      header: text('requests.tokens'),
      isNumber: true,
      cell: (row) => `${count(row.input_tokens)} → ${count(row.output_tokens)}`,
    },
    { id: 'cost', header: text('requests.cost'), isNumber: true, cell: ({ cost_usd: usd }) => amount(usd) },
  ];
  return (
    <section>
      <Title order={3} size="h4" mb={8}>
        {text('requests.attempts')}
      </Title>
      <DataTable
        caption={text('requests.attempts')}
        columns={columns}
        rows={attempts}
        rowId={({ attempt }) => String(attempt)}
        isDense
      />
      {prices.length === 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {text('requests.cataloguePrice')}
        </Text>
      )}
      {prices.map(({ id, rates, multiplier }) => (
        <Text key={id} size="xs" c="dimmed" mt={4} className="numbers">
          {rates
            ? text('requests.price', {
                id,
                input: exactUsd(rates.input_usd_per_mtok),
                output: exactUsd(rates.output_usd_per_mtok),
              })
            : text('requests.multiplier', { id, multiplier: multiplier ?? '1' })}
        </Text>
      ))}
    </section>
  );
}
