import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../i18n/use-text';

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  /** What will happen, with its numbers. */
  children: ReactNode;
  /** The verb of the button, as "Revoke". */
  action: string;
  /** For what cannot be undone and reaches far: the name to type first. */
  typeName?: string;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before a costly or final act. The button that has the focus is the one that changes nothing. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, title, onClose } = props;
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} withCloseButton={false}>
      <Question {...props} />
    </Modal>
  );
}

function Question({ children, action, typeName, isBusy = false, onConfirm, onClose }: ConfirmDialogProps) {
  const text = useText();
  const [typed, setTyped] = useState('');
  const isTyped = typeName === undefined || typed.trim().normalize('NFC') === typeName.normalize('NFC');
  return (
    <Stack>
      <div>{children}</div>
      {typeName !== undefined && (
        <TextInput
          label={text('components.typeName', { name: typeName })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus disabled={isBusy}>
          {text('components.cancel')}
        </Button>
        <Button color="red" onClick={onConfirm} disabled={!isTyped} loading={isBusy}>
          {action}
        </Button>
      </Group>
    </Stack>
  );
}
