import { useMemo } from 'react';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { formatCompact, formatCount, formatLatency } from '../format';
import { MEASURE } from './measure';
import type { MeasureName } from './usage-search';

interface MeasureFormat {
  format: (amount: string) => string;
  tick: (amount: string) => string;
  tickUnit: number;
}

/** How the amounts of a measure are written. */
export function useMeasureFormat(measure: MeasureName): MeasureFormat {
  const money = useMoney();
  const { language } = useDisplay();
  const { kind } = MEASURE[measure];
  return useMemo((): MeasureFormat => {
    if (kind === 'money') return { format: money.cell, tick: money.tick, tickUnit: money.tickUnit };
    const format =
      kind === 'latency'
        ? (amount: string) => formatLatency(Number(amount), language)
        : (amount: string) => formatCount(amount, language);
    const tick = kind === 'latency' ? format : (amount: string) => formatCompact(amount, language);
    return { format, tick, tickUnit: 1 };
  }, [kind, money, language]);
}
