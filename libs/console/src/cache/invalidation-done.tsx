import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { CacheInvalidated } from '@thriftgate/contracts';
import { CircleCheck } from 'lucide-react';
import { PageLink } from '../components/page-link';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

interface InvalidationDoneProps {
  done: CacheInvalidated;
  /** The model, where one was named. */
  subject: string | undefined;
  onClose: () => void;
}

/** The third step: what the gateway has done, its new generation, and where the audit has it. */
export function InvalidationDone({ done, subject, onClose }: InvalidationDoneProps) {
  const text = useText();
  const { count } = useNumbers();
  const mayAudit = useMay('audit:read');
  return (
    <Stack gap="sm">
      <Alert variant="outline" icon={<CircleCheck aria-hidden />} title={text('cache.done')} role="status">
        <Text size="sm" className="numbers">
          {text('cache.doneCount', { count: count(done.invalidated_keys) })}
        </Text>
        <Text size="sm" className="numbers">
          {text('cache.newGeneration', { generation: done.generation })}
        </Text>
      </Alert>
      {mayAudit && (
        <PageLink page="audit" search={{ action: 'cache.invalidated', ...(subject !== undefined && { subject }) }}>
          {text('cache.audit')}
        </PageLink>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text('components.close')}
        </Button>
      </Group>
    </Stack>
  );
}
