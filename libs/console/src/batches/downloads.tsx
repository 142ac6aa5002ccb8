import { Button, Group, Text, Title } from '@mantine/core';
import type { AdminBatchDetails, BatchContent } from '@thriftgate/contracts';
import { Download } from 'lucide-react';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';
import { isRunning } from './batch-status';

/** The files of a batch; the lines that have ended can be had while it runs. */
export function Downloads({ batch }: { batch: AdminBatchDetails }) {
  const text = useText();
  const files: { content: BatchContent; name: MessageId; isThere: boolean }[] = [
    { content: 'output', name: 'batches.output', isThere: batch.output_file_id !== null },
    { content: 'errors', name: 'batches.errorFile', isThere: batch.error_file_id !== null },
    { content: 'results', name: 'batches.partial', isThere: isRunning(batch) && batch.status !== 'validating' },
    { content: 'input', name: 'batches.input', isThere: true },
  ];
  return (
    <>
      <Title order={2} size="h3" mb="xs">
        {text('batches.files')}
      </Title>
      <Group gap="xs">
        {files
          .filter(({ isThere }) => isThere)
          .map(({ content, name }) => (
            <Button
              key={content}
              component="a"
              href={`/admin/batches/${encodeURIComponent(batch.id)}/files/${content}`}
              download
              variant="default"
              size="xs"
              leftSection={<Download size={14} aria-hidden />}
            >
              {text(name)}
            </Button>
          ))}
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        {text('batches.filesHint')}
      </Text>
    </>
  );
}
