import { SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import { useTeamOptions } from '../display/use-teams';
import { FieldRow } from '../components/field-row';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useDisplay } from '../display/use-display';
import { startOfDate, utc, zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { emptyPrice, isCompletePrice, newPrice, type PriceForm } from './price-form';

interface NewPriceDialogProps {
  isOpen: boolean;
  model: string | undefined;
  onClose: () => void;
}

/** Sets rates of a model, or a negotiated factor. */
export function NewPriceDialog({ isOpen, model, onClose }: NewPriceDialogProps) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const { timezone } = useDisplay();
  const send = async (form: PriceForm) => {
    const { valid_from: day } = form;
    await api.admin.prices.create(newPrice(form, day === '' ? undefined : startOfDate(day, timezone)));
    await Promise.all(['prices', 'deployments'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    toast.done(text('prices.saved'));
  };
  return (
    <FormDialog<PriceForm>
      isOpen={isOpen}
      title={text('prices.add')}
      action={text('prices.save')}
      initial={emptyPrice(model)}
      isReady={isCompletePrice}
      send={send}
      onClose={onClose}
      fields={(form) => <PriceFields form={form} />}
    />
  );
}

function PriceFields({ form }: { form: UseFormReturnType<PriceForm> }) {
  const text = useText();
  const { timezone, language } = useDisplay();
  const teams = useTeamOptions();
  const { kind, valid_from: day } = form.values;
  const field = (name: Exclude<keyof PriceForm, 'kind'>, isRequired = false, isDecimal = false) => (
    <TextInput
      {...form.getInputProps(name)}
      label={text(`prices.field.${name}`)}
      required={isRequired}
      inputMode={isDecimal ? 'decimal' : undefined}
      leftSection={isDecimal && name !== 'multiplier' ? '$' : undefined}
      autoComplete="off"
      spellCheck={false}
      data-autofocus={name === 'model' || undefined}
    />
  );
  return (
    <>
      <SegmentedControl
        {...form.getInputProps('kind')}
        aria-label={text('prices.kind')}
        data={[
          { value: 'rates', label: text('prices.kind.rates') },
          { value: 'multiplier', label: text('prices.kind.multiplier') },
        ]}
      />
      {field('model', kind === 'rates')}
      {kind === 'rates' ? (
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {text('prices.unit')}
          </Text>
          <FieldRow label={text('prices.unit')}>
            {field('input_usd_per_mtok', true, true)}
            {field('cached_input_usd_per_mtok', false, true)}
            {field('output_usd_per_mtok', true, true)}
          </FieldRow>
        </div>
      ) : (
        field('multiplier', true, true)
      )}
      <FieldRow>
        <Select
          label={text('prices.field.team_id')}
          placeholder={text('prices.everybody')}
          data={teams}
          value={form.values.team_id || null}
          onChange={(id) => form.setFieldValue('team_id', id ?? '')}
          searchable
          clearable
          error={form.errors['team_id']}
        />
        {field('provider')}
      </FieldRow>
      <TextInput
        {...form.getInputProps('valid_from')}
        type="date"
        label={text('prices.field.valid_from')}
        description={text('prices.fromHint', {
          zone: zoneName(timezone, language, day === '' ? new Date() : utc(day)),
        })}
      />
      {field('note')}
      <Text size="xs" c="dimmed">
        {text('prices.past')}
      </Text>
    </>
  );
}
