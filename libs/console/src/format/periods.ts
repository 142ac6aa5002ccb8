import { addDays, dateIn, type PlainDate } from './zones';

/** Dates of a time zone, both of them in the period. */
export interface Period {
  from: PlainDate;
  to: PlainDate;
}

/** The periods that the console offers by name. */
export type PeriodPreset = '7d' | '30d' | 'this-month' | 'last-month';

/** The dates of a preset in a zone. All but `last-month` end today, and so have a day in progress. */
export function presetPeriod(preset: PeriodPreset, zone: string, now: Date): Period {
  const today = dateIn(zone, now);
  switch (preset) {
    case '7d':
      return { from: addDays(today, -6), to: today };
    case '30d':
      return { from: addDays(today, -29), to: today };
    case 'this-month':
      return { from: firstOfMonth(today), to: today };
    case 'last-month': {
      const last = addDays(firstOfMonth(today), -1);
      return { from: firstOfMonth(last), to: last };
    }
  }
}

/** The first date of the month that a date is in. */
const firstOfMonth = (date: PlainDate): PlainDate => `${date.slice(0, 7)}-01`;

/** The month some months after another one, or before it if `count` is negative: `2026-11`. */
export function monthAfter(month: string, count: number): string {
  const number = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
}
