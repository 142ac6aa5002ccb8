import { ActionIcon, Menu, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Check, CircleUser, Keyboard, LogOut } from 'lucide-react';
import { api } from '../api/client';
import { useToast } from '../components/toast';
import type { Language } from '../i18n/language';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useChangePreferences, useMe } from '../me/use-me';

const LANGUAGES: readonly [Language, string][] = [
  ['ko', '한국어'],
  ['en', 'English'],
];

/** Who is signed in; language, shortcuts and the end of the session. */
export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const text = useText();
  const toast = useToast();
  const me = useMe();
  const queryClient = useQueryClient();
  const { language, setLanguage } = useLanguage();
  const failed = (error: unknown) =>
    toast.failed(text('shell.failed', { message: error instanceof Error ? error.message : String(error) }));
  const change = useChangePreferences(failed);
  const choose = (chosen: Language) => {
    setLanguage(chosen);
    change({ language: chosen });
  };
  const signOut = async () => {
    try {
      await api.session.signOut();
      queryClient.clear();
      window.location.assign('/console/sign-in');
    } catch (error) {
      failed(error);
    }
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text('shell.account', { name: me.name })}>
          <CircleUser size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {me.name}
          </Text>
          {text(`shell.role.${me.role}`)}
          {me.team && ` · ${me.team.name}`}
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{text('shell.language')}</Menu.Label>
        {LANGUAGES.map(([id, name]) => (
          <Menu.Item
            key={id}
            lang={id}
            role="menuitemradio"
            aria-checked={id === language}
            onClick={() => choose(id)}
            rightSection={id === language ? <Check size={14} aria-hidden /> : undefined}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Keyboard size={14} aria-hidden />} onClick={onShortcuts}>
          {text('shell.shortcuts')}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={14} aria-hidden />} onClick={() => void signOut()}>
          {text('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
