import { ActionIcon, Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Check, Copy } from 'lucide-react';
import { useEffect } from 'react';
import { useText } from '../i18n/use-text';
import { useToast } from './toast';

const SHOWN_MS = 2_000;

interface CopyButtonProps {
  /** What is copied. */
  value: string;
  /** With it the button has a text instead of an icon alone. */
  label?: string;
}

/** Copies a text, and says whether it is copied. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const [text, toast] = [useText(), useToast()];
  const clipboard = useClipboard({ timeout: SHOWN_MS });
  const { error } = clipboard;
  useEffect(() => {
    if (error) toast.failed(text('components.copyFailed'));
  }, [error, toast, text]);
  const copy = () => clipboard.copy(value);
  const Icon = clipboard.copied ? Check : Copy;
  const state = text(clipboard.copied ? 'components.copied' : 'components.copy');
  if (label !== undefined)
    return (
      <Button variant="default" size="xs" leftSection={<Icon size={14} aria-hidden />} onClick={copy}>
        {clipboard.copied ? state : label}
      </Button>
    );
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={state} onClick={copy}>
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
