import { Select, Stack, Switch, useMantineColorScheme } from '@mantine/core';
import type { Preferences } from '@thriftgate/contracts';
import { useToast } from '../components/toast';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useChangePreferences, useMe } from '../me/use-me';
import { Section } from './section';
import { zoneNames } from './zones';

/** In a list the choice of others is an entry of its own. */
const NONE = '';

/** Language, theme, time zone, currency and shortcuts of oneself. */
export function OwnSection() {
  const [text, toast] = [useText(), useToast()];
  const { preferences, settings } = useMe();
  const { setLanguage } = useLanguage();
  const { setColorScheme } = useMantineColorScheme();
  const change = useChangePreferences((error) => toast.failed(text('shell.failed', { message: error.message })));
  const chosen = <Name extends keyof Preferences>(name: Name, value: string | null) =>
    change({ [name]: value === null || value === NONE ? null : value });
  const currencies = { USD: text('settings.usd'), KRW: text('settings.krw') };
  return (
    <Section id="own" title={text('settings.own')} lead={text('settings.ownLead')}>
      <Stack gap="sm">
        <Select
          label={text('settings.language')}
          allowDeselect={false}
          data={[
            { value: NONE, label: text('settings.asBrowser') },
            { value: 'ko', label: '한국어' },
            { value: 'en', label: 'English' },
          ]}
          value={preferences.language ?? NONE}
          onChange={(value) => {
            chosen('language', value);
            setLanguage(value === 'ko' || value === 'en' ? value : undefined);
          }}
        />
        <Select
          label={text('settings.theme')}
          allowDeselect={false}
          data={[
            { value: 'auto', label: text('settings.asSystem') },
            { value: 'light', label: text('settings.light') },
            { value: 'dark', label: text('settings.dark') },
          ]}
          value={preferences.theme ?? 'auto'}
          onChange={(value) => {
            if (value !== 'light' && value !== 'dark' && value !== 'auto') return;
            setColorScheme(value);
            change({ theme: value });
          }}
        />
        <Select
          label={text('settings.timezone')}
          searchable
          allowDeselect={false}
          data={[
            { value: NONE, label: text('settings.asCompany', { value: settings.timezone }) },
            ...zoneNames(preferences.timezone),
          ]}
          value={preferences.timezone ?? NONE}
          onChange={(value) => chosen('timezone', value)}
        />
        <Select
          label={text('settings.currency')}
          allowDeselect={false}
          data={[
            { value: NONE, label: text('settings.asCompany', { value: currencies[settings.currency] }) },
            { value: 'USD', label: currencies.USD },
            { value: 'KRW', label: currencies.KRW, disabled: settings.exchange_rate === null },
          ]}
          value={preferences.currency ?? NONE}
          onChange={(value) => chosen('currency', value)}
        />
        <Switch
          label={text('settings.shortcuts')}
          checked={preferences.shortcuts}
          onChange={(event) => change({ shortcuts: event.currentTarget.checked })}
        />
      </Stack>
    </Section>
  );
}
