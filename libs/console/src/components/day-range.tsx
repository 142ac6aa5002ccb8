import { Button, Stack } from '@mantine/core';
import { DatePicker, DatesProvider } from '@mantine/dates';
import '@mantine/dates/styles.css';
import 'dayjs/locale/ko';
import { useState } from 'react';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

interface DayRangeProps {
  from: string;
  to: string;
  onApply: (from: string, to: string) => void;
}

/** A calendar for a first and a last day. Weeks begin on Sunday. */
export function DayRange({ from, to, onApply }: DayRangeProps) {
  const text = useText();
  const { language } = useLanguage();
  const [[first, last], setDays] = useState<[string | null, string | null]>([from, to]);
  return (
    <DatesProvider settings={{ locale: language, firstDayOfWeek: 0, weekendDays: [0] }}>
      <Stack>
        <DatePicker type="range" allowSingleDateInRange value={[first, last]} onChange={setDays} defaultDate={from} />
        <Button disabled={first === null || last === null} onClick={() => first && last && onApply(first, last)}>
          {text('components.apply')}
        </Button>
      </Stack>
    </DatesProvider>
  );
}
