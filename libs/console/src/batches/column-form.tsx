import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useText } from '../i18n/use-text';
import { missingColumns } from './csv-lines';
import type { NewBatchState } from './use-new-batch';

/** How the rows of a CSV file become questions: a template with the names of columns. */
export function ColumnForm({ header, state }: { header: readonly string[]; state: NewBatchState }) {
  const text = useText();
  const { template, setTemplate } = state;
  const missing = missingColumns(template, header);
  const isReady = template.model.trim() !== '' && template.prompt.trim() !== '' && missing.length === 0;
  return (
    <Stack gap="sm">
      <Text size="sm">{text('batches.columns', { names: header.join(', ') })}</Text>
      <Group grow align="flex-start">
        <TextInput
          label={text('batches.model')}
          placeholder="gpt-4.1-mini"
          value={template.model}
          onChange={(event) => setTemplate({ model: event.currentTarget.value })}
        />
        <Select
          label={text('batches.idColumn')}
          placeholder={text('batches.rowNumber')}
          data={[...new Set(header.filter((name) => name !== ''))]}
          value={template.idColumn || null}
          clearable
          onChange={(name) => setTemplate({ idColumn: name ?? '' })}
        />
      </Group>
      <Textarea
        label={text('batches.system')}
        autosize
        minRows={1}
        maxRows={6}
        value={template.system}
        onChange={(event) => setTemplate({ system: event.currentTarget.value })}
      />
      <Textarea
        label={text('batches.prompt')}
        description={text('batches.promptHint', { example: `{{${header[0] ?? 'text'}}}` })}
        autosize
        minRows={3}
        maxRows={10}
        value={template.prompt}
        error={missing.length > 0 ? text('batches.missing', { names: missing.join(', ') }) : undefined}
        onChange={(event) => setTemplate({ prompt: event.currentTarget.value })}
      />
      <Group justify="flex-end">
        <Button variant="default" disabled={!isReady} onClick={state.checkColumns}>
          {text('batches.check')}
        </Button>
      </Group>
    </Stack>
  );
}
