import { Text, Title } from '@mantine/core';
import type { OrganisationStatement as Statement } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { useDisplay } from '../display/use-display';
import { bucketLabel, compareDecimal, formatCount, utc, zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { Amount } from './amounts';

type Row = Statement['teams'][number];
type Month = Omit<Row, 'team_id' | 'team_name'>;

/** A month of every team, and the sums; a row opens the statement of the team. */
export function OrganisationStatement({
  statement,
  onOpen,
}: {
  statement: Statement;
  onOpen: (teamId: string) => void;
}) {
  const text = useText();
  const { language, timezone } = useDisplay();
  const { total } = statement;
  const money = (id: string, header: string, of: (month: Month) => string): DataColumn<Row> => ({
    id,
    header,
    isNumber: true,
    sortBy: of,
    compare: compareDecimal,
    cell: (row) => <Amount usd={of(row)} />,
    total: <Amount usd={of(total)} />,
  });
  const columns: DataColumn<Row>[] = [
    {
      id: 'team',
      header: text('statements.team'),
      sortBy: ({ team_name: name }) => name,
      cell: ({ team_name: name }) => name,
    },
    {
      id: 'requests',
      header: text('statements.requests'),
      isNumber: true,
      sortBy: ({ usage }) => usage.requests,
      cell: ({ usage }) => formatCount(usage.requests, language),
      total: formatCount(total.usage.requests, language),
    },
    money('list', text('statements.list'), ({ usage }) => usage.list_cost_usd),
    money('saved', text('statements.saved'), ({ usage }) => usage.saved_usd),
    money('cost', text('statements.cost'), ({ usage }) => usage.cost_usd),
    money('credits', text('statements.credits'), ({ credits_usd: credits }) => credits),
    money('closing', text('statements.closing'), ({ closing_balance_usd: closing }) => closing),
    money('owed', text('statements.owed'), ({ amount_owed_usd: owed }) => owed),
  ];
  const month = bucketLabel(statement.month, timezone, language);
  const title = text('statements.ofAll', {
    month,
    zone: zoneName(statement.timezone, language, utc(`${statement.month}-01`)),
  });
  return (
    <>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      <DataTable
        caption={title}
        columns={columns}
        rows={statement.teams}
        rowId={({ team_id: id }) => id}
        onOpen={({ team_id: id }) => onOpen(id)}
        initialSort={{ id: 'cost', desc: true }}
        empty={<Text c="dimmed">{text('statements.empty')}</Text>}
      />
    </>
  );
}
