import { Text, Title } from '@mantine/core';
import type { Budget } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { PageLink } from '../components/page-link';
import { QueryPart } from '../components/query-part';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { useText } from '../i18n/use-text';
import { BudgetBar } from './budget-bar';
import { useBudgets } from './teams-query';

/** The budgets of a team and of its keys; they are changed on the page of budgets. */
export function TeamBudgets({ teamId }: { teamId: string }) {
  const text = useText();
  const { cell: amount } = useMoney();
  const budgets = useBudgets(teamId);
  const columns: DataColumn<Budget>[] = [
    {
      id: 'scope',
      header: text('teams.scope'),
      cell: ({ key_id: key }) => text(key === null ? 'teams.scopeTeam' : 'teams.scopeKey'),
    },
    { id: 'spent', header: text('teams.spent'), cell: (budget) => <BudgetBar budget={budget} /> },
    {
      id: 'left',
      header: text('teams.left'),
      isNumber: true,
      cell: ({ remaining_usd: left }) => amount(left),
    },
    {
      id: 'forecast',
      header: text('teams.forecast'),
      isNumber: true,
      cell: ({ forecast_usd: usd }) => (usd === null ? '–' : amount(usd)),
    },
    { id: 'action', header: text('teams.action'), cell: ({ action }) => text(`teams.action.${action}`) },
    {
      id: 'resets',
      header: text('teams.resets'),
      cell: ({ resets_at: at }) => (at === null ? '–' : <When at={at} />),
    },
  ];
  return (
    <section aria-labelledby="team-budgets">
      <Title order={2} size="h3" mb="xs" id="team-budgets">
        {text('shell.page.budgets')}
      </Title>
      <QueryPart query={budgets} height={96}>
        {({ data }) => (
          <DataTable
            caption={text('shell.page.budgets')}
            columns={columns}
            rows={data}
            rowId={({ id }) => id}
            empty={<Text c="dimmed">{text('teams.noBudgets')}</Text>}
          />
        )}
      </QueryPart>
      <Text size="sm" mt={4}>
        <PageLink page="budgets" search={{ team: teamId }}>
          {text('teams.toBudgets')}
        </PageLink>
      </Text>
    </section>
  );
}
