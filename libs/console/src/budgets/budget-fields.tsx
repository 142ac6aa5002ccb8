import { Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { type BudgetForm, limitOf, thresholdsOf } from './budget-form';
import type { OwnerNames } from './budget-owner';

const WINDOWS = ['hour', 'day', 'week', 'month', 'total'] as const;
const ACTIONS = ['block', 'warn', 'downgrade', 'defer'] as const;

interface BudgetFieldsProps {
  form: BudgetForm;
  /** The owner of a budget cannot be changed. */
  isNew: boolean;
  names: OwnerNames;
  /** What the gateway says of a field. */
  errors: Partial<Record<keyof BudgetForm, string>>;
  onChange: (changes: Partial<BudgetForm>) => void;
}

/** The fields of the editor. */
export function BudgetFields({ form, isNew, names, errors, onChange }: BudgetFieldsProps) {
  const text = useText();
  const { settings } = useMe();
  const zones = [...new Set([form.timezone, settings.timezone, 'UTC'])];
  return (
    <>
      {isNew && <OwnerFields form={form} names={names} errors={errors} onChange={onChange} />}
      <Group grow align="flex-start">
        <TextInput
          label={text('budgets.limitUsd')}
          leftSection="$"
          inputMode="decimal"
          autoComplete="off"
          required
          data-autofocus
          value={form.limit}
          onChange={({ currentTarget }) => onChange({ limit: currentTarget.value })}
          error={errors.limit ?? (form.limit !== '' && limitOf(form) === undefined && text('budgets.limitWrong'))}
        />
        <Select
          label={text('budgets.windowField')}
          data={WINDOWS.map((window) => ({ value: window, label: text(`budgets.window.${window}`) }))}
          value={form.window}
          onChange={(window) => onChange({ window: (window ?? form.window) as BudgetForm['window'] })}
          allowDeselect={false}
          error={errors.window}
        />
        <Select
          label={text('budgets.zone')}
          data={zones}
          value={form.timezone}
          onChange={(timezone) => onChange({ timezone: timezone ?? form.timezone })}
          allowDeselect={false}
          error={errors.timezone}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={text('budgets.actionField')}
          data={ACTIONS.map((action) => ({ value: action, label: text(`budgets.action.${action}`) }))}
          value={form.action}
          onChange={(action) => onChange({ action: (action ?? form.action) as BudgetForm['action'] })}
          allowDeselect={false}
          description={text(`budgets.does.${form.action}`, { model: form.downgradeTo })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={errors.action}
        />
        {form.action === 'downgrade' && (
          <TextInput
            label={text('budgets.downgradeTo')}
            required
            spellCheck={false}
            value={form.downgradeTo}
            onChange={({ currentTarget }) => onChange({ downgradeTo: currentTarget.value })}
            error={errors.downgradeTo}
          />
        )}
        <TextInput
          label={text('budgets.thresholdsField')}
          description={text('budgets.thresholdsHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={form.thresholds}
          onChange={({ currentTarget }) => onChange({ thresholds: currentTarget.value })}
          error={errors.thresholds ?? (thresholdsOf(form) === undefined && text('budgets.thresholdsWrong'))}
        />
      </Group>
    </>
  );
}

/** The team, and one of its keys; team administrators make budgets of keys alone. */
function OwnerFields({ form, names, errors, onChange }: Omit<BudgetFieldsProps, 'isNew'>) {
  const text = useText();
  const { role, permissions } = useMe();
  const { data: keys } = useQuery({
    queryKey: ['keys', form.teamId],
    queryFn: ({ signal }) => api.admin.keys.list(form.teamId, {}, { signal }),
    enabled: form.teamId !== '' && permissions.includes('keys:read'),
  });
  return (
    <Group grow align="flex-start">
      <Select
        label={text('budgets.team')}
        data={[...names.teams].map(([value, label]) => ({ value, label }))}
        value={form.teamId === '' ? null : form.teamId}
        onChange={(teamId) => onChange({ teamId: teamId ?? '', keyId: '' })}
        searchable
        required
        allowDeselect={false}
        disabled={role === 'team_admin'}
        error={errors.teamId}
      />
      <Select
        label={text('budgets.key')}
        placeholder={role === 'team_admin' ? undefined : text('budgets.wholeTeam')}
        data={(keys?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={form.keyId === '' ? null : form.keyId}
        onChange={(keyId) => onChange({ keyId: keyId ?? '' })}
        searchable
        clearable={role !== 'team_admin'}
        required={role === 'team_admin'}
        clearButtonProps={{ 'aria-label': text('budgets.wholeTeam') }}
        error={errors.keyId}
      />
    </Group>
  );
}
