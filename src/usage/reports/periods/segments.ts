import type { RollupUnit } from '../../../ledger/rollup-levels';

/** From a time to another one, which is not in it; milliseconds since 1970. */
export interface Segment {
  fromMs: number;
  toMs: number;
}

/** What a report reads of the roll-ups by the day and by the hour, and of the rows of the ledger. */
export type Segments = Record<RollupUnit | 'row', Segment[]>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Divides a span of time into whole days, whole hours and the rest, all of UTC, so that no day and no hour lies on both sides of a
 * cut.
 *
 * @param cuts ascending, in milliseconds since 1970; those out of the span have no effect
 * @param coarsest `hour` where days are of no use
 */
export function segmentsOf({ fromMs, toMs }: Segment, cuts: readonly number[], coarsest: RollupUnit): Segments {
  const segments: Segments = { day: [], hour: [], row: [] };
  const add = (unit: keyof Segments, from: number, to: number) => {
    if (from >= to) return;
    const last = segments[unit].at(-1);
    if (last?.toMs === from) last.toMs = to;
    else segments[unit].push({ fromMs: from, toMs: to });
  };
  let from = fromMs;
  for (const to of [...cuts.filter((cut) => cut > fromMs && cut < toMs), toMs]) {
    const [hour, lastHour] = wholeWithin(from, to, HOUR_MS);
    const [day, lastDay] = coarsest === 'hour' ? [lastHour, lastHour] : wholeWithin(hour, lastHour, DAY_MS);
    add('row', from, hour);
    add('hour', hour, day);
    add('day', day, lastDay);
    add('hour', lastDay, lastHour);
    add('row', lastHour, to);
    from = to;
  }
  return segments;
}

/** The first start and the last end of whole steps in a span; both the end of the span where there is none. */
function wholeWithin(from: number, to: number, step: number): [number, number] {
  const first = Math.ceil(from / step) * step;
  const last = Math.floor(to / step) * step;
  return first < last ? [first, last] : [to, to];
}
