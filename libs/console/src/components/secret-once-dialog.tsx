import { Alert, Button, Code, Group, Modal, Stack } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { CopyButton } from './copy-button';

interface SecretOnceDialogProps {
  title: string;
  /** The secret while it is shown; undefined closes the dialog. Drop it in `onSaved`, so that no copy stays in the page. */
  secret: string | undefined;
  onSaved: () => void;
  /** Below the secret, as a ready `export` line. */
  children?: ReactNode;
}

/** Shows a secret once. Neither Escape nor a click outside closes it: the person says that it is saved. */
export function SecretOnceDialog({ title, secret, onSaved, children }: SecretOnceDialogProps) {
  const text = useText();
  return (
    <Modal
      opened={secret !== undefined}
      onClose={onSaved}
      title={title}
      size="lg"
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert variant="outline" color="yellow" icon={<TriangleAlert aria-hidden />}>
          {text('components.secretOnce')}
        </Alert>
        <Group wrap="nowrap" align="center">
          <Code block tabIndex={0} flex={1} data-secret>
            {secret}
          </Code>
          <CopyButton value={secret ?? ''} label={text('components.copy')} />
        </Group>
        {children}
        <Group justify="flex-end">
          <Button onClick={onSaved}>{text('components.secretSaved')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
