import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { ThriftgateError } from '@thriftgate/sdk';
import { CircleAlert } from 'lucide-react';
import { useText } from '../i18n/use-text';

interface ErrorCardProps {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  /** The words of the button for it, where it is more than another try. */
  retry?: string;
}

/** A failed part of a page: the gateway's message, the request's id, and another try. The rest of the page stays. */
export function ErrorCard({ error, title, onRetry, retry }: ErrorCardProps) {
  const text = useText();
  const requestId = error instanceof ThriftgateError ? error.requestId : null;
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<CircleAlert aria-hidden />}
      title={title ?? text('components.failed')}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        {requestId !== null && (
          <Text size="xs" c="dimmed">
            {text('components.requestId')} <Code>{requestId}</Code>
          </Text>
        )}
        {onRetry && (
          <Group>
            <Button size="xs" variant="default" onClick={onRetry}>
              {retry ?? text('components.retry')}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
