import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Team } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ErrorCard } from '../components/error-card';
import { useToast } from '../components/toast';
import { useDisplay } from '../display/use-display';
import { zoneName } from '../display/zone-name';
import { startOfDate } from '../format';
import { useText } from '../i18n/use-text';
import { emptyPrice, isCompletePrice, newPrice, type PriceForm } from './price-form';

interface NewPriceDialogProps {
  isOpen: boolean;
  model: string | undefined;
  teams: readonly Team[];
  onClose: () => void;
}

/** Sets rates of a model, or a negotiated factor. */
export function NewPriceDialog({ isOpen, onClose, ...rest }: NewPriceDialogProps) {
  const text = useText();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={text('prices.add')}
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <PriceEditor onClose={onClose} {...rest} />
    </Modal>
  );
}

function PriceEditor({ model, teams, onClose }: Omit<NewPriceDialogProps, 'isOpen'>) {
  const text = useText();
  const toast = useToast();
  const client = useQueryClient();
  const { timezone } = useDisplay();
  const [form, setForm] = useState(() => emptyPrice(model));
  const set = (changes: Partial<PriceForm>) => setForm((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () =>
      api.admin.prices.create(newPrice(form, form.from === '' ? undefined : startOfDate(form.from, timezone))),
    onSuccess: async () => {
      await Promise.all(['prices', 'deployments'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      toast.done(text('prices.saved'));
      onClose();
    },
  });
  const field = (name: Exclude<keyof PriceForm, 'kind'>, isRequired = false, isDecimal = false) => (
    <TextInput
      label={text(`prices.field.${name}`)}
      value={form[name]}
      onChange={({ currentTarget }) => set({ [name]: currentTarget.value.trimStart() })}
      required={isRequired}
      inputMode={isDecimal ? 'decimal' : undefined}
      leftSection={isDecimal && name !== 'multiplier' ? '$' : undefined}
      autoComplete="off"
      spellCheck={false}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isCompletePrice(form)) save.mutate();
      }}
    >
      <Stack gap="sm">
        <SegmentedControl
          aria-label={text('prices.kind')}
          data={[
            { value: 'rates', label: text('prices.kind.rates') },
            { value: 'multiplier', label: text('prices.kind.multiplier') },
          ]}
          value={form.kind}
          onChange={(kind) => set({ kind: kind as PriceForm['kind'] })}
        />
        {field('model', form.kind === 'rates')}
        {form.kind === 'rates' ? (
          <Group grow align="flex-start">
            {field('input', true, true)}
            {field('cachedInput', false, true)}
            {field('output', true, true)}
          </Group>
        ) : (
          field('multiplier', true, true)
        )}
        <Group grow align="flex-start">
          <Select
            label={text('prices.field.teamId')}
            placeholder={text('prices.everybody')}
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            value={form.teamId === '' ? null : form.teamId}
            onChange={(teamId) => set({ teamId: teamId ?? '' })}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': text('prices.everybody') }}
          />
          {field('provider')}
        </Group>
        <TextInput
          type="date"
          label={text('prices.field.from')}
          description={text('prices.fromHint', { zone: zoneName(timezone) })}
          value={form.from}
          onChange={({ currentTarget }) => set({ from: currentTarget.value })}
        />
        {field('note')}
        <Text size="xs" c="dimmed">
          {text('prices.past')}
        </Text>
        {save.error && <ErrorCard error={save.error} title={text('prices.notSaved')} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} disabled={save.isPending}>
            {text('components.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isCompletePrice(form)}>
            {text('prices.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
