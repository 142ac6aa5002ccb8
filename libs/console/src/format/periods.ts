import { lastOfMonth } from './buckets';
import { addDays, dateIn, daysBetween, type PlainDate } from './zones';

/** Dates of a time zone, both of them in the period. */
export interface Period {
  from: PlainDate;
  to: PlainDate;
}

/** The periods that the console offers by name. */
export const PERIOD_PRESETS = [
  'today',
  'yesterday',
  '7d',
  '30d',
  '90d',
  'this-month',
  'last-month',
  'this-year',
] as const;
export type PeriodPreset = (typeof PERIOD_PRESETS)[number];

/** Whether a text of the URL names a preset. */
export const isPeriodPreset = (text: string): text is PeriodPreset => PERIOD_PRESETS.some((preset) => preset === text);

/** The dates of a preset in a zone. All but `yesterday` and `last-month` end today, and so have a day in progress. */
export function presetPeriod(preset: PeriodPreset, zone: string, now: Date): Period {
  const today = dateIn(zone, now);
  switch (preset) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) };
    case '7d':
      return { from: addDays(today, -6), to: today };
    case '30d':
      return { from: addDays(today, -29), to: today };
    case '90d':
      return { from: addDays(today, -89), to: today };
    case 'this-month':
      return { from: firstOfMonth(today), to: today };
    case 'last-month': {
      const last = addDays(firstOfMonth(today), -1);
      return { from: firstOfMonth(last), to: last };
    }
    case 'this-year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
  }
}

/** The period before: of whole months as many months, of a month's first days the same days of the month before, else as many days. */
export function previousPeriod({ from, to }: Period): Period {
  const before = addDays(from, -1);
  if (from !== firstOfMonth(from)) return { from: addDays(from, daysBetween(to, before)), to: before };
  if (to === lastOfMonth(to)) return { from: monthsBefore(from, monthsIn(from, to)), to: before };
  if (firstOfMonth(to) === from) {
    const sameDay = addDays(firstOfMonth(before), daysBetween(from, to));
    return { from: firstOfMonth(before), to: sameDay < before ? sameDay : before };
  }
  return { from: addDays(from, daysBetween(to, before)), to: before };
}

/** The first date of the month that a date is in. */
export const firstOfMonth = (date: PlainDate): PlainDate => `${date.slice(0, 7)}-01`;

const monthNumber = (date: PlainDate) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;

const monthsIn = (from: PlainDate, to: PlainDate) => monthNumber(to) - monthNumber(from) + 1;

function monthsBefore(date: PlainDate, months: number): PlainDate {
  const number = monthNumber(date) - months;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}-01`;
}
