import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Budget } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { QueryPart } from '../components/query-part';
import { SideDrawer } from '../components/side-drawer';
import { useAct } from '../components/use-act';
import { useMoney } from '../display/use-money';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { BudgetChart } from './budget-chart';
import { BudgetEditor } from './budget-editor';
import { BudgetFacts } from './budget-facts';
import { mayChange } from './budget-form';
import { ownerName, type OwnerNames } from './budget-owner';
import { BUDGET_KEYS, budgetWindowsQuery } from './budgets-queries';

interface BudgetDrawerProps {
  /** Undefined while none is open. */
  budget: Budget | undefined;
  names: OwnerNames;
  onClose: () => void;
}

/** One budget beside the list: its way through the window, its rules, and what may be done with it. */
export function BudgetDrawer({ budget, names, onClose }: BudgetDrawerProps) {
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const stay = () => setDialog(undefined);
  return (
    <>
      {/* Escape closes what is on top, so the drawer is away while a dialog is open. */}
      <SideDrawer
        isOpen={budget !== undefined && dialog === undefined}
        title={budget && ownerName(budget, names)}
        onClose={onClose}
      >
        {budget && <Details budget={budget} onDialog={setDialog} />}
      </SideDrawer>
      <BudgetEditor budget={budget} isOpen={dialog === 'edit'} names={names} onClose={stay} />
      {budget && (
        <Removal
          budget={budget}
          names={names}
          isOpen={dialog === 'delete'}
          onClose={stay}
          onDone={() => {
            stay();
            onClose();
          }}
        />
      )}
    </>
  );
}

function Details({ budget, onDialog }: { budget: Budget; onDialog: (dialog: 'edit' | 'delete') => void }) {
  const text = useText();
  const me = useMe();
  const query = useQuery(budgetWindowsQuery(budget.id));
  return (
    <Stack gap="md">
      <QueryPart query={query} height={300}>
        {(windows) => <BudgetChart budget={budget} windows={windows} />}
      </QueryPart>
      <BudgetFacts budget={budget} windows={query.data} />
      {mayChange(me, budget) && (
        <Group gap="xs">
          <Button size="xs" onClick={() => onDialog('edit')}>
            {text('budgets.edit')}
          </Button>
          <Button size="xs" variant="default" onClick={() => onDialog('delete')}>
            {text('budgets.delete')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface RemovalProps {
  budget: Budget;
  names: OwnerNames;
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
}

function Removal({ budget, names, isOpen, onClose, onDone }: RemovalProps) {
  const text = useText();
  const money = useMoney();
  const removal = useAct(
    async () => {
      await api.admin.budgets.delete(budget.id);
      // Before the list is loaded again, which takes this dialog away.
      onDone();
    },
    { done: () => text('budgets.deleted'), reload: BUDGET_KEYS },
  );
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={text('budgets.deleteTitle')}
      action={text('budgets.delete')}
      isBusy={removal.isPending}
      onConfirm={() => removal.mutate(undefined, { onError: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        {text('budgets.deleteLead', {
          owner: ownerName(budget, names),
          limit: money.cell(budget.limit_usd),
          spent: money.cell(budget.spent_usd),
        })}
      </Text>
    </ConfirmDialog>
  );
}
