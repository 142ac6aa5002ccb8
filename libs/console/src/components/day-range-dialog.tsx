import { Button, Modal, Stack } from '@mantine/core';
import { DatePicker, DatesProvider } from '@mantine/dates';
import '@mantine/dates/styles.css';
import 'dayjs/locale/ko';
import { useState } from 'react';
import { bucketLabel, formatDay } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

interface DayRangeDialogProps {
  from: string;
  to: string;
  onApply: (from: string, to: string) => void;
  onClose: () => void;
}

/** Asks for a first and a last day by a calendar. Weeks begin on Sunday. */
export function DayRangeDialog({ from, to, onApply, onClose }: DayRangeDialogProps) {
  const text = useText();
  const { language } = useLanguage();
  const [[first, last], setDays] = useState<[string | null, string | null]>([from, to]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={text('components.period.choose')}
      size="auto"
      closeButtonProps={{ 'aria-label': text('components.close') }}
    >
      <DatesProvider settings={{ locale: language, firstDayOfWeek: 0, weekendDays: [0] }}>
        <Stack>
          <DatePicker
            type="range"
            allowSingleDateInRange
            value={[first, last]}
            onChange={setDays}
            defaultDate={from}
            monthLabelFormat={(month) => bucketLabel(month.slice(0, 7), 'UTC', language)}
            getDayAriaLabel={(day) => formatDay(day, language)}
            ariaLabels={{
              previousMonth: text('components.days.previousMonth'),
              nextMonth: text('components.days.nextMonth'),
              previousYear: text('components.days.previousYear'),
              nextYear: text('components.days.nextYear'),
              previousDecade: text('components.days.previousDecade'),
              nextDecade: text('components.days.nextDecade'),
              monthLevelControl: text('components.days.months'),
              yearLevelControl: text('components.days.years'),
            }}
          />
          <Button disabled={first === null || last === null} onClick={() => first && last && onApply(first, last)}>
            {text('components.apply')}
          </Button>
        </Stack>
      </DatesProvider>
    </Modal>
  );
}
