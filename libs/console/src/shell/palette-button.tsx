import { ActionIcon, Kbd, Text, UnstyledButton } from '@mantine/core';
import { Search } from 'lucide-react';
import { IS_MAC } from '../components/is-mac';
import { useText } from '../i18n/use-text';
import classes from './palette-button.module.css';

/** Opens the palette. */
export function PaletteButton({ onOpen }: { onOpen: () => void }) {
  const text = useText();
  return (
    <>
      <UnstyledButton className={classes.wide} visibleFrom="sm" onClick={onOpen}>
        <Search size={14} aria-hidden />
        <Text size="sm" c="dimmed" flex={1}>
          {text('shell.search')}
        </Text>
        <Kbd size="xs" aria-hidden>
          {IS_MAC ? '⌘K' : 'Ctrl K'}
        </Kbd>
      </UnstyledButton>
      <ActionIcon
        hiddenFrom="sm"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={text('shell.search')}
        onClick={onOpen}
      >
        <Search size={18} aria-hidden />
      </ActionIcon>
    </>
  );
}
