import { TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useText } from '../i18n/use-text';

/** The name of a team. */
export function TeamNameField({ form }: { form: UseFormReturnType<{ name: string }> }) {
  const text = useText();
  return (
    <TextInput
      label={text('teams.name')}
      required
      maxLength={200}
      data-autofocus
      autoComplete="off"
      {...form.getInputProps('name')}
    />
  );
}
