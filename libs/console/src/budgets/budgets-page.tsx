import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTeamNames } from '../display/use-teams';
import { DataTable } from '../components/data-table';
import { EmptyState } from '../components/empty-state';
import { PageTitle } from '../components/page-title';
import { QueryPart } from '../components/query-part';
import { RateNote } from '../components/rate-note';
import { useDisplay } from '../display/use-display';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { BudgetDrawer } from './budget-drawer';
import { BudgetEditor } from './budget-editor';
import { budgetsQuery, keyNamesQuery } from './budgets-queries';
import { useBudgetColumns } from './use-budget-columns';

const readOpen = ({ open }: RawSearch) => ({ open: typeof open === 'string' ? open : undefined });
const NONE: ReadonlyMap<string, string> = new Map();

/** The budgets with what is spent, left and expected; a row opens its window. */
export function BudgetsPage() {
  const text = useText();
  const { teamId, timezone } = useDisplay();
  const mayWrite = useMay('budgets:write');
  const [{ open }, change] = usePageSearch(readOpen);
  const [isCreating, setCreating] = useState(false);
  const query = useQuery(budgetsQuery(teamId));
  const teamOf = useTeamNames();
  const budgets = query.data?.data ?? [];
  const hasKeys = budgets.some(({ key_id: keyId }) => keyId !== null);
  const { data: keys = NONE } = useQuery({ ...keyNamesQuery(teamId, timezone), enabled: hasKeys });
  const names = useMemo(() => ({ teamOf, keys }), [teamOf, keys]);
  const columns = useBudgetColumns(names);
  const opened = budgets.find(({ id }) => id === open);
  const create = mayWrite && (
    <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setCreating(true)}>
      {text('budgets.create')}
    </Button>
  );
  return (
    <>
      <PageTitle title={text('budgets.title')} lead={text('budgets.lead')}>
        {create}
      </PageTitle>
      <RateNote />
      <QueryPart query={query} height={320}>
        {({ data }) => (
          <DataTable
            caption={text('budgets.title')}
            columns={columns}
            rows={data}
            rowId={({ id }) => id}
            onOpen={({ id }) => change({ open: id })}
            openId={open}
            initialSort={{ id: 'used', desc: true }}
            isStale={query.isPlaceholderData}
            empty={
              <EmptyState title={text('budgets.empty')} why={text('budgets.emptyLead')}>
                {create}
              </EmptyState>
            }
          />
        )}
      </QueryPart>
      <BudgetDrawer budget={opened} names={names} onClose={() => change({ open: undefined })} />
      <BudgetEditor isOpen={isCreating} names={names} onClose={() => setCreating(false)} />
    </>
  );
}
