import type { Budget, Team, UsageReport } from '@thriftgate/contracts';
import { useMemo } from 'react';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { compareDecimal, formatCount } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { BudgetBar } from './budget-bar';
import { type TeamRow, teamRows } from './team-rows';

interface TeamsTableProps {
  teams: readonly Team[];
  usage: UsageReport | undefined;
  budgets: readonly Budget[] | undefined;
  isStale: boolean;
}

const NOTHING = '–';

/** Teams with the sums of the period; the last row is the server's total. */
export function TeamsTable({ teams, usage, budgets, isStale }: TeamsTableProps) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { language } = useLanguage();
  const mayReadKeys = useMay('keys:read');
  const rows = useMemo(() => teamRows(teams, usage, budgets), [teams, usage, budgets]);
  const money = (
    member: 'cost_usd' | 'saved_usd',
  ): Pick<DataColumn<TeamRow>, 'sortBy' | 'compare' | 'cell' | 'total'> => ({
    sortBy: ({ sums }) => sums?.[member] ?? '0',
    compare: compareDecimal,
    cell: ({ sums }) => (usage ? amount(sums?.[member] ?? '0') : NOTHING),
    total: usage && amount(usage.total[member]),
  });
  const columns: DataColumn<TeamRow>[] = [
    {
      id: 'name',
      header: text('teams.name'),
      sortBy: ({ name }) => name,
      cell: ({ id, name }) => (
        <PageLink page="team" params={{ teamId: id }}>
          {name}
        </PageLink>
      ),
    },
    { id: 'cost', header: text('teams.cost'), isNumber: true, ...money('cost_usd') },
    { id: 'saved', header: text('teams.saved'), isNumber: true, ...money('saved_usd') },
    {
      id: 'requests',
      header: text('teams.requests'),
      isNumber: true,
      sortBy: ({ sums }) => sums?.requests ?? 0,
      cell: ({ sums }) => (usage ? formatCount(sums?.requests ?? 0, language) : NOTHING),
      total: usage && formatCount(usage.total.requests, language),
    },
    {
      id: 'budget',
      header: text('teams.budget'),
      cell: ({ budget }) => {
        if (budget === undefined) return NOTHING;
        return budget ? <BudgetBar budget={budget} /> : text('teams.noBudget');
      },
    },
    ...(mayReadKeys
      ? [
          {
            id: 'keys',
            header: text('shell.page.keys'),
            cell: ({ id, name }: TeamRow) => (
              <PageLink page="keys" params={{ teamId: id }}>
                <span aria-label={text('teams.keysOf', { name })}>{text('teams.keys')}</span>
              </PageLink>
            ),
          },
        ]
      : []),
    {
      id: 'created',
      header: text('teams.created'),
      sortBy: ({ created_at: at }) => at,
      cell: ({ created_at: at }) => <When at={at} as="day" />,
    },
  ];
  return (
    <DataTable
      caption={text('shell.page.teams')}
      columns={columns}
      rows={rows}
      rowId={({ id }) => id}
      initialSort={{ id: 'cost', desc: true }}
      isStale={isStale}
      empty={<EmptyState title={text('teams.none')} why={text('teams.noneWhy')} />}
    />
  );
}
