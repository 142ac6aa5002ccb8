import { Stack, Table, Text, Title } from '@mantine/core';
import type { Statement } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useDisplay } from '../display/use-display';
import { bucketLabel, compareDecimal, formatCount, formatDay, utc, zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { Amount } from './amounts';

type Usage = Statement['usage'][number];

/** A team's month: opening balance, credits, usage by model, closing balance. */
export function TeamStatement({ statement }: { statement: Statement }) {
  const text = useText();
  const { language, timezone } = useDisplay();
  const { usage_total: total, movements } = statement;
  const month = bucketLabel(statement.month, timezone, language);
  const count = (id: 'requests' | 'input_tokens' | 'output_tokens', header: string): DataColumn<Usage> => ({
    id,
    header,
    isNumber: true,
    sortBy: (row) => row[id],
    cell: (row) => formatCount(row[id], language),
    total: formatCount(total[id], language),
  });
  const money = (id: 'list_cost_usd' | 'saved_usd' | 'cost_usd', header: string): DataColumn<Usage> => ({
    id,
    header,
    isNumber: true,
    sortBy: (row) => row[id],
    compare: compareDecimal,
    cell: (row) => <Amount usd={row[id]} />,
    total: <Amount usd={total[id]} />,
  });
  const columns: DataColumn<Usage>[] = [
    { id: 'model', header: text('statements.model'), sortBy: ({ model }) => model, cell: ({ model }) => model },
    count('requests', text('statements.requests')),
    count('input_tokens', text('statements.input')),
    count('output_tokens', text('statements.output')),
    money('list_cost_usd', text('statements.list')),
    money('saved_usd', text('statements.saved')),
    money('cost_usd', text('statements.cost')),
  ];
  return (
    <Stack gap="md">
      <div>
        <Title order={2} size="h3">
          {statement.team_name}
        </Title>
        <Text c="dimmed">
          {text('statements.of', { month, zone: zoneName(statement.timezone, language, utc(`${statement.month}-01`)) })}
        </Text>
      </div>
      <DataTable
        caption={text('statements.usage')}
        columns={columns}
        rows={statement.usage}
        rowId={({ model }) => model}
        initialSort={{ id: 'cost_usd', desc: true }}
        empty={<Text c="dimmed">{text('statements.noCalls')}</Text>}
      />
      <Table variant="vertical" maw={560} verticalSpacing={4} aria-label={text('statements.balance')}>
        <Table.Tbody>
          <BalanceRow name={text('statements.opening')} usd={statement.opening_balance_usd} />
          {movements.map(({ id, at, kind, note, amount_usd: usd }) => (
            <BalanceRow
              key={id}
              name={`${formatDay(new Date(at), language, statement.timezone)} ${text(`statements.kind.${kind}`)}`}
              note={note}
              usd={usd}
            />
          ))}
          <BalanceRow name={text('statements.cost')} usd={total.cost_usd} />
          <BalanceRow name={text('statements.closing')} usd={statement.closing_balance_usd} />
          <BalanceRow name={text('statements.owed')} usd={statement.amount_owed_usd} />
        </Table.Tbody>
      </Table>
    </Stack>
  );
}

function BalanceRow({ name, note, usd }: { name: string; note?: string | null; usd: string }) {
  return (
    <Table.Tr>
      <Table.Th w="50%" fw={400} scope="row">
        {name}
        {note && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Table.Th>
      <Table.Td className="numbers" ta="right">
        <Amount usd={usd} />
      </Table.Td>
    </Table.Tr>
  );
}
