import { Button, Menu } from '@mantine/core';
import { Check } from 'lucide-react';
import { useDisplay } from '../display/use-display';
import { zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { PAGES } from '../routes/pages';
import { usePageSearch } from '../routes/use-search';
import { sharedSearch } from '../routes/search';
import { AccountMenu } from './account-menu';
import { AlertBell } from './alert-bell';
import { ThemeMenu } from './theme-menu';

/** Time zone, currency, alerts, theme and account. */
export function HeaderControls({ onShortcuts }: { onShortcuts: () => void }) {
  const { permissions } = useMe();
  return (
    <>
      <ZoneMenu />
      <CurrencyMenu />
      {permissions.includes(PAGES.alerts.permission) && <AlertBell />}
      <ThemeMenu />
      <AccountMenu onShortcuts={onShortcuts} />
    </>
  );
}

function ZoneMenu() {
  const text = useText();
  const { timezone } = useDisplay();
  const { settings } = useMe();
  const [, change] = usePageSearch(sharedSearch);
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const name = zoneName(timezone, 'en', new Date());
  const zones = [...new Set([settings.timezone, local, 'UTC'])];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          fw={400}
          px={8}
          visibleFrom="sm"
          aria-label={`${text('shell.zone')}: ${name}, ${timezone}`}
        >
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text('shell.zone')}</Menu.Label>
        {zones.map((zone) => (
          <Choice key={zone} isChosen={zone === timezone} onClick={() => change({ tz: zone })}>
            {zone === settings.timezone ? text('shell.zoneCompany', { zone }) : zone}
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CurrencyMenu() {
  const text = useText();
  const { currency } = useDisplay();
  const { settings } = useMe();
  const [, change] = usePageSearch(sharedSearch);
  const hasRate = settings.exchange_rate !== null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          fw={400}
          px={8}
          visibleFrom="sm"
          aria-label={`${text('shell.currency')}: ${currency}`}
        >
          {currency === 'USD' ? '$' : '₩'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{text('shell.currency')}</Menu.Label>
        <Choice isChosen={currency === 'USD'} onClick={() => change({ currency: 'USD' })}>
          {text('shell.usd')}
        </Choice>
        <Choice isChosen={currency === 'KRW'} isDisabled={!hasRate} onClick={() => change({ currency: 'KRW' })}>
          {text(hasRate ? 'shell.krw' : 'shell.krwNoRate')}
        </Choice>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ChoiceProps {
  isChosen: boolean;
  isDisabled?: boolean;
  onClick: () => void;
  children: string;
}

function Choice({ isChosen, isDisabled = false, onClick, children }: ChoiceProps) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={isChosen}
      disabled={isDisabled}
      onClick={onClick}
      rightSection={isChosen ? <Check size={14} aria-hidden /> : undefined}
    >
      {children}
    </Menu.Item>
  );
}
