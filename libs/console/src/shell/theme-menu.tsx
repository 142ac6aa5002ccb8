import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { Check, Moon, Sun } from 'lucide-react';
import { useText } from '../i18n/use-text';
import { useChangePreferences } from '../me/use-me';
import { useToast } from '../components/toast';

const THEMES = ['light', 'dark', 'auto'] as const;

/** Chooses the theme, on all devices of the person. */
export function ThemeMenu() {
  const text = useText();
  const toast = useToast();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light');
  const change = useChangePreferences((error) => toast.failed(text('shell.failed', { message: error.message })));
  const choose = (theme: (typeof THEMES)[number]) => {
    setColorScheme(theme);
    change({ theme });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text('shell.theme')}>
          {shown === 'dark' ? <Moon size={18} aria-hidden /> : <Sun size={18} aria-hidden />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {THEMES.map((theme) => (
          <Menu.Item
            key={theme}
            role="menuitemradio"
            aria-checked={theme === colorScheme}
            onClick={() => choose(theme)}
            rightSection={theme === colorScheme ? <Check size={14} aria-hidden /> : undefined}
          >
            {text(`shell.${theme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
