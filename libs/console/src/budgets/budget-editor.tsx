import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Budget } from '@thriftgate/contracts';
import { ThriftgateError } from '@thriftgate/sdk';
import { useState } from 'react';
import { api } from '../api/client';
import { ErrorCard } from '../components/error-card';
import { useToast } from '../components/toast';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { budgetChanges, type BudgetForm, emptyForm, formOf, limitOf, newBudget, thresholdsOf } from './budget-form';
import { BudgetFields } from './budget-fields';
import { ownerName, type OwnerNames } from './budget-owner';
import { PastWindows } from './past-windows';

interface BudgetEditorProps {
  /** Undefined for a new one. */
  budget?: Budget;
  isOpen: boolean;
  names: OwnerNames;
  onClose: () => void;
}

/** Creates or changes a budget, and shows before what the limit would have meant. */
export function BudgetEditor(props: BudgetEditorProps) {
  const text = useText();
  const { budget, isOpen, names, onClose } = props;
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={budget ? text('budgets.editTitle', { owner: ownerName(budget, names) }) : text('budgets.create')}
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <Editor {...props} />
    </Modal>
  );
}

const MEMBERS: Record<string, keyof BudgetForm> = {
  team_id: 'teamId',
  key_id: 'keyId',
  limit_usd: 'limit',
  window: 'window',
  timezone: 'timezone',
  action: 'action',
  downgrade_to: 'downgradeTo',
  thresholds: 'thresholds',
};

function Editor({ budget, names, onClose }: BudgetEditorProps) {
  const text = useText();
  const money = useMoney();
  const toast = useToast();
  const client = useQueryClient();
  const me = useMe();
  const { teamId } = useDisplay();
  const [form, setForm] = useState(() =>
    budget ? formOf(budget) : emptyForm(me.settings.timezone, teamId ?? me.team?.id),
  );
  const save = useMutation({
    mutationFn: () =>
      budget ? api.admin.budgets.update(budget.id, budgetChanges(form)) : api.admin.budgets.create(newBudget(form)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['budgets'] });
      toast.done(text('budgets.saved'));
      onClose();
    },
  });
  const limit = limitOf(form);
  const isComplete = limit !== undefined && form.teamId !== '' && thresholdsOf(form) !== undefined;
  const [member, message] = save.error instanceof ThriftgateError ? [save.error.param, save.error.message] : [null, ''];
  const field = member === null ? undefined : MEMBERS[member.split('.')[0] ?? ''];
  const isBelowSpent = budget !== undefined && limit !== undefined && compareDecimal(budget.spent_usd, limit) >= 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isComplete) save.mutate();
      }}
    >
      <Stack gap="sm">
        <BudgetFields
          form={form}
          isNew={!budget}
          names={names}
          errors={field ? { [field]: message } : {}}
          onChange={(changes) => setForm((before) => ({ ...before, ...changes }))}
        />
        {form.window !== 'total' && form.teamId !== '' && (
          <PastWindows
            teamId={form.teamId}
            keyId={form.keyId === '' ? undefined : form.keyId}
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
        {save.error && !field && <ErrorCard error={save.error} title={text('budgets.notSaved')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={save.isPending}>
            {text('components.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isComplete}>
            {text('budgets.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
