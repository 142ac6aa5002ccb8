import { type Period, type PeriodPreset, presetPeriod } from '../format';
import { sharedSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { useDisplay } from './use-display';

/** The periods of the picker, by the word in the address. */
export const PRESETS = {
  month: 'this-month',
  'last-month': 'last-month',
  '7d': '7d',
  '30d': '30d',
} as const satisfies Record<string, PeriodPreset>;
export type PresetName = keyof typeof PRESETS;

export interface ChosenPeriod extends Period {
  /** Undefined for days that were chosen one by one. */
  preset: PresetName | undefined;
}

/** The period of the page in the zone of the page: of the address, else this month. Both days are in it. */
export function usePeriod(): ChosenPeriod {
  const [{ from, to }] = usePageSearch(sharedSearch);
  const { timezone } = useDisplay();
  if (from !== undefined && to !== undefined) return { from, to, preset: undefined };
  const preset = isPreset(from) ? from : 'month';
  return { ...presetPeriod(PRESETS[preset], timezone, new Date()), preset };
}

function isPreset(name: string | undefined): name is PresetName {
  return name !== undefined && Object.hasOwn(PRESETS, name);
}
