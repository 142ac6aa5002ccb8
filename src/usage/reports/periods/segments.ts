import { type RollupUnit, UNIT_MS } from '../../../ledger/rollup-levels';

/** From a time to another one, which is not in it; milliseconds since 1970. */
export interface Segment {
  fromMs: number;
  toMs: number;
}

/** What a report reads of the roll-ups by their unit, and of the rows of the ledger. */
export type Segments = Record<RollupUnit | 'row', Segment[]>;

/**
 * Divides a span of time into whole units and the rest, all of UTC, so that no unit lies on both sides of a cut.
 *
 * @param cuts ascending, in milliseconds since 1970; those out of the span have no effect
 * @param units those that there are roll-ups of, the coarsest first
 */
export function segmentsOf({ fromMs, toMs }: Segment, cuts: readonly number[], units: readonly RollupUnit[]): Segments {
  const segments: Segments = { day: [], six_hours: [], hour: [], row: [] };
  const add = (unit: keyof Segments, from: number, to: number) => {
    const last = segments[unit].at(-1);
    if (last?.toMs === from) last.toMs = to;
    else segments[unit].push({ fromMs: from, toMs: to });
  };
  const divide = (from: number, to: number, [unit, ...finer]: readonly RollupUnit[]) => {
    if (from >= to) return;
    if (!unit) return add('row', from, to);
    const first = Math.ceil(from / UNIT_MS[unit]) * UNIT_MS[unit];
    const last = Math.floor(to / UNIT_MS[unit]) * UNIT_MS[unit];
    if (first >= last) return divide(from, to, finer);
    divide(from, first, finer);
    add(unit, first, last);
    divide(last, to, finer);
  };
  let from = fromMs;
  for (const to of [...cuts.filter((cut) => cut > fromMs && cut < toMs), toMs]) {
    divide(from, to, units);
    from = to;
  }
  return segments;
}
