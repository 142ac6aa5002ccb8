import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../i18n/use-text';
import { Dialog } from './dialog';

/** What dialogs ask. */
export interface QuestionProps {
  /** What will happen, with its numbers. */
  children: ReactNode;
  /** The verb of the button, as "Revoke". */
  action: string;
  /** For what cannot be undone and reaches far: the name to type first. */
  typeName?: string;
  isBusy?: boolean;
  /** Whether the act can be confirmed already. */
  isReady?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

interface ConfirmDialogProps extends QuestionProps {
  isOpen: boolean;
  title: string;
}

/** Asks before a costly or final act. The button that has the focus is the one that changes nothing. */
export function ConfirmDialog({ isOpen, title, ...question }: ConfirmDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={question.onClose} title={title} withCloseButton={false}>
      <Question {...question} />
    </Dialog>
  );
}

/** The content of a {@link ConfirmDialog}. */
export function Question(props: QuestionProps) {
  const { children, action, typeName, isBusy = false, isReady = true, onConfirm, onClose } = props;
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
        <Button color="red" onClick={onConfirm} disabled={!isTyped || !isReady} loading={isBusy}>
          {action}
        </Button>
      </Group>
    </Stack>
  );
}
