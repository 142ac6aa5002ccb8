import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Budget } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ConfirmAct } from '../components/confirm-act';
import { QueryPart } from '../components/query-part';
import { SideDrawer } from '../components/side-drawer';
import { useMoney } from '../display/use-money';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { BudgetChart } from './budget-chart';
import { BudgetEditor } from './budget-editor';
import { BudgetFacts } from './budget-facts';
import { mayChange } from './budget-form';
import { ownerName, type OwnerNames } from './budget-owner';
import { budgetSubject } from './budget-subject';
import { BUDGET_KEYS, budgetWindowsQuery } from './budgets-queries';

interface BudgetDrawerProps {
  /** Undefined while none is open. */
  budget: Budget | undefined;
  names: OwnerNames;
  onClose: () => void;
}

/** One budget beside the list: its way through the window, its rules, and what may be done with it. */
export function BudgetDrawer({ budget, names, onClose }: BudgetDrawerProps) {
  return (
    <SideDrawer isOpen={budget !== undefined} title={budget && ownerName(budget, names)} onClose={onClose}>
      {budget && <Details budget={budget} names={names} onClose={onClose} />}
    </SideDrawer>
  );
}

interface DetailsProps {
  budget: Budget;
  names: OwnerNames;
  onClose: () => void;
}

function Details({ budget, names, onClose }: DetailsProps) {
  const text = useText();
  const me = useMe();
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const stay = () => setDialog(undefined);
  const query = useQuery(budgetWindowsQuery(budget.id));
  return (
    <Stack gap="md">
      <QueryPart query={query} height={300}>
        {(windows) => <BudgetChart budget={budget} windows={windows} />}
      </QueryPart>
      <BudgetFacts budget={budget} windows={query.data} />
      {mayChange(me, budget) && (
        <Group gap="xs">
          <Button size="xs" onClick={() => setDialog('edit')}>
            {text('budgets.edit')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setDialog('delete')}>
            {text('budgets.delete')}
          </Button>
        </Group>
      )}
      <BudgetEditor budget={budget} isOpen={dialog === 'edit'} names={names} onClose={stay} />
      <Removal budget={budget} names={names} isOpen={dialog === 'delete'} onClose={stay} onDone={onClose} />
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
  return (
    <ConfirmAct
      isOpen={isOpen}
      title={text('budgets.deleteTitle')}
      action={text('budgets.delete')}
      subject={budgetSubject(budget.id)}
      act={(options) => api.admin.budgets.delete(budget.id, options)}
      done={() => text('budgets.deleted')}
      leave={onDone}
      reload={BUDGET_KEYS}
      onClose={onClose}
    >
      <Text size="sm">
        {text('budgets.deleteLead', {
          owner: ownerName(budget, names),
          limit: money.cell(budget.limit_usd),
          spent: money.cell(budget.spent_usd),
        })}
      </Text>
    </ConfirmAct>
  );
}
