import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Budget } from '@thriftgate/contracts';
import type { CallOptions } from '@thriftgate/sdk';
import { api } from '../api/client';
import { changedMembers } from '../components/changes';
import { EditDialog } from '../components/edit-dialog';
import { FormDialog, type FormFrameProps, type FormParts } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { budgetChanges, type BudgetForm, emptyForm, formOf, isComplete, limitOf, newBudget } from './budget-form';
import { BudgetFields } from './budget-fields';
import { ownerName, type OwnerNames } from './budget-owner';
import { budgetSubject } from './budget-subject';
import { BUDGET_KEYS } from './budgets-queries';
import { PastWindows } from './past-windows';

interface BudgetEditorProps {
  /** Undefined for a new one. */
  budget?: Budget;
  isOpen: boolean;
  names: OwnerNames;
  onClose: () => void;
}

/** Creates or changes a budget, and shows before what the limit would have meant. */
export function BudgetEditor({ budget, isOpen, names, onClose }: BudgetEditorProps) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const me = useMe();
  const { teamId } = useDisplay();
  const saved = async () => {
    await Promise.all(BUDGET_KEYS.map((key) => client.invalidateQueries({ queryKey: [key] })));
    toast.done(text('budgets.saved'));
  };
  const parts: FormParts<BudgetForm> & FormFrameProps = {
    isOpen,
    onClose,
    size: 'lg',
    title: budget ? text('budgets.editTitle', { owner: ownerName(budget, names) }) : text('budgets.create'),
    action: text('budgets.save'),
    isReady: (form) => isComplete(form, budget !== undefined || me.team === null),
    fields: (form) => (
      <>
        <BudgetFields form={form} isNew={!budget} />
        <Consequences form={form.values} budget={budget} />
      </>
    ),
  };
  const create = async (form: BudgetForm) => {
    await api.admin.budgets.create(newBudget(form));
    await saved();
  };
  if (!budget)
    return <FormDialog {...parts} initial={emptyForm(me.settings.timezone, me.team?.id ?? teamId)} send={create} />;
  const change = async (form: BudgetForm, before: BudgetForm, options: CallOptions) => {
    const changes = changedMembers(budgetChanges(before), budgetChanges(form));
    if (changes) await api.admin.budgets.update(budget.id, changes, options);
    await saved();
  };
  return <EditDialog {...parts} subject={budgetSubject(budget.id)} valuesOf={formOf} send={change} />;
}

/** What the limit would have meant in the past, and what it means at once. */
function Consequences({ form, budget }: { form: BudgetForm; budget: Budget | undefined }) {
  const text = useText();
  const money = useMoney();
  const limit = limitOf(form);
  const isBelowSpent = budget !== undefined && limit !== undefined && compareDecimal(budget.spent_usd, limit) >= 0;
  return (
    <>
      {form.window !== 'total' && form.team_id !== '' && (
        <PastWindows
          teamId={form.team_id}
          keyId={form.key_id === '' ? undefined : form.key_id}
          window={form.window}
          timezone={form.timezone}
          limit={limit}
        />
      )}
      {isBelowSpent && (
        <Alert color="red" variant="outline">
          {text(`budgets.belowSpent.${form.action}`, { spent: money.cell(budget.spent_usd) })}
        </Alert>
      )}
    </>
  );
}
