import { Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { FieldRow } from '../components/field-row';
import { useTeamOptions } from '../display/use-teams';
import { useText } from '../i18n/use-text';
import { keysQuery } from '../keys/keys-query';
import { useMe } from '../me/use-me';
import { type BudgetForm, limitOf, thresholdsOf } from './budget-form';

const WINDOWS = ['hour', 'day', 'week', 'month', 'total'] as const;
const ACTIONS = ['block', 'warn', 'downgrade', 'defer'] as const;

interface BudgetFieldsProps {
  form: UseFormReturnType<BudgetForm>;
  /** The owner of a budget cannot be changed. */
  isNew: boolean;
}

/** The fields of the editor. */
export function BudgetFields({ form, isNew }: BudgetFieldsProps) {
  const text = useText();
  const { settings } = useMe();
  const { values, errors } = form;
  const zones = [...new Set([values.timezone, settings.timezone, 'UTC'])];
  return (
    <>
      {isNew && <OwnerFields form={form} />}
      <FieldRow>
        <TextInput
          {...form.getInputProps('limit_usd')}
          label={text('budgets.limitUsd')}
          leftSection="$"
          inputMode="decimal"
          autoComplete="off"
          required
          data-autofocus
          error={
            errors['limit_usd'] ??
            (values.limit_usd !== '' && limitOf(values) === undefined && text('budgets.limitWrong'))
          }
        />
        <Select
          {...form.getInputProps('window')}
          label={text('budgets.windowField')}
          data={WINDOWS.map((window) => ({ value: window, label: text(`budgets.window.${window}`) }))}
          allowDeselect={false}
        />
        <Select {...form.getInputProps('timezone')} label={text('budgets.zone')} data={zones} allowDeselect={false} />
      </FieldRow>
      <FieldRow>
        <Select
          {...form.getInputProps('action')}
          label={text('budgets.actionField')}
          data={ACTIONS.map((action) => ({ value: action, label: text(`budgets.action.${action}`) }))}
          allowDeselect={false}
          description={text(`budgets.does.${values.action}`, { model: values.downgrade_to })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
        {values.action === 'downgrade' && (
          <TextInput
            {...form.getInputProps('downgrade_to')}
            label={text('budgets.downgradeTo')}
            required
            spellCheck={false}
          />
        )}
        <TextInput
          {...form.getInputProps('thresholds')}
          label={text('budgets.thresholdsField')}
          description={text('budgets.thresholdsHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={errors['thresholds'] ?? (thresholdsOf(values) === undefined && text('budgets.thresholdsWrong'))}
        />
      </FieldRow>
    </>
  );
}

/** The team, and one of its keys; people of a team make budgets of its keys alone. */
function OwnerFields({ form }: Pick<BudgetFieldsProps, 'form'>) {
  const text = useText();
  const { team, permissions } = useMe();
  const teams = useTeamOptions();
  const { team_id: teamId } = form.values;
  const { data: keys } = useQuery({
    ...keysQuery(teamId),
    enabled: teamId !== '' && permissions.includes('keys:read'),
  });
  const isOfTeam = team !== null;
  const live = (keys?.data ?? []).filter(({ revoked_at: at }) => at === null);
  return (
    <FieldRow>
      <Select
        label={text('budgets.team')}
        data={teams}
        value={teamId || null}
        onChange={(id) => form.setValues({ team_id: id ?? '', key_id: '' })}
        searchable
        required
        allowDeselect={false}
        disabled={isOfTeam}
        error={form.errors['team_id']}
      />
      <Select
        label={text('budgets.key')}
        placeholder={isOfTeam ? undefined : text('budgets.wholeTeam')}
        data={live.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.values.key_id || null}
        onChange={(id) => form.setFieldValue('key_id', id ?? '')}
        searchable
        clearable={!isOfTeam}
        required={isOfTeam}
        error={form.errors['key_id']}
      />
    </FieldRow>
  );
}
