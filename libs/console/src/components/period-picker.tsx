import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { CalendarDays, Check, ChevronDown } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useDisplay } from '../display/use-display';
import { PRESETS, type PresetName, usePeriod } from '../display/use-period';
import { formatPeriod } from '../format';
import { useText } from '../i18n/use-text';
import { sharedSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';

const DayRangeDialog = lazy(() => import('./day-range-dialog').then((module) => ({ default: module.DayRangeDialog })));

const NAMES = Object.keys(PRESETS) as PresetName[];
const TEXTS = {
  month: 'components.period.month',
  'last-month': 'components.period.lastMonth',
  '7d': 'components.period.7d',
  '30d': 'components.period.30d',
} as const satisfies Record<PresetName, string>;

/** Chooses the period of the page: it stands in the address, in the zone of the page. */
export function PeriodPicker() {
  const text = useText();
  const period = usePeriod();
  const { timezone, language } = useDisplay();
  const [, change] = usePageSearch(sharedSearch);
  const [isOpen, { open, close }] = useDisclosure();
  const days = formatPeriod(period.from, period.to, timezone, language);
  const label = period.preset ? `${text(TEXTS[period.preset])} · ${days}` : days;
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<CalendarDays size={14} aria-hidden />}
            rightSection={<ChevronDown size={14} aria-hidden />}
            aria-label={`${text('components.period')}: ${label}`}
          >
            {label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {NAMES.map((name) => (
            <Menu.Item
              key={name}
              role="menuitemradio"
              aria-checked={name === period.preset}
              rightSection={name === period.preset ? <Check size={14} aria-hidden /> : undefined}
              onClick={() => change({ from: name === 'month' ? undefined : name, to: undefined })}
            >
              {text(TEXTS[name])}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={open}>{text('components.period.custom')}…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {isOpen && (
          <DayRangeDialog
            from={period.from}
            to={period.to}
            onClose={close}
            onApply={(from, to) => {
              change({ from, to });
              close();
            }}
          />
        )}
      </Suspense>
    </>
  );
}
