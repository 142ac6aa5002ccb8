import { NumberInput, TagsInput, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { clearButton } from '../components/clear-button';
import { useText } from '../i18n/use-text';

/** The members of a key that can be changed later on, as fields have them. */
export interface KeyValues extends Record<string, unknown> {
  name: string;
  /** Empty means all. */
  models: string[];
  /** An empty text means unlimited. */
  rpm_limit: number | string;
}

/** Name, models and rate of a key. */
export function KeyFields<Values extends KeyValues>({ form }: { form: UseFormReturnType<Values> }) {
  const text = useText();
  return (
    <>
      <TextInput label={text('keys.name')} required data-autofocus autoComplete="off" {...form.getInputProps('name')} />
      <TagsInput
        label={text('keys.models')}
        description={text('keys.modelsHint')}
        acceptValueOnBlur
        clearable
        clearButtonProps={clearButton(text('keys.allModels'))}
        {...form.getInputProps('models')}
      />
      <NumberInput
        label={text('keys.limit')}
        description={text('keys.limitHint')}
        min={1}
        allowDecimal={false}
        hideControls
        {...form.getInputProps('rpm_limit')}
      />
    </>
  );
}

/** The same as the API has them. */
export function sentFields({ name, models, rpm_limit: limit }: KeyValues) {
  return { name, models: models.length === 0 ? null : models, rpm_limit: limit === '' ? null : Number(limit) };
}
