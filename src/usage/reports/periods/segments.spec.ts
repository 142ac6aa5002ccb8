import * as fc from 'fast-check';
import { type RollupUnit, UNIT_MS } from '../../../ledger/rollup-levels';
import { segmentsOf } from './segments';

const UNITS = Object.keys(UNIT_MS) as RollupUnit[];
const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const texts = (segments: { fromMs: number; toMs: number }[]) =>
  segments.map(({ fromMs, toMs }) =>
    [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice('2026-11-'.length, -':00.000Z'.length)).join(' '),
  );

describe('segmentsOf', () => {
  it('divides days of Seoul into six hours and hours', () => {
    const cuts = [at('02T15:00'), at('03T15:00')];
    const { day, six_hours, hour, row } = segmentsOf({ fromMs: at('02T00:00'), toMs: at('04T15:00') }, cuts, UNITS);
    expect([day, row]).toEqual([[], []]);
    expect(texts(six_hours)).toEqual(['02T00:00 02T12:00', '02T18:00 03T12:00', '03T18:00 04T12:00']);
    expect(texts(hour)).toEqual(['02T12:00 02T18:00', '03T12:00 03T18:00', '04T12:00 04T15:00']);
  });

  it('leaves half hours to the rows', () => {
    const segments = segmentsOf({ fromMs: at('01T18:30'), toMs: at('03T18:30') }, [], UNITS);
    expect(texts(segments.row)).toEqual(['01T18:30 01T19:00', '03T18:00 03T18:30']);
    expect(texts(segments.day)).toEqual(['02T00:00 03T00:00']);
  });

  it('has each moment of a span once, in whole units that no cut divides', () => {
    const step = 15 * 60_000;
    const moment = fc.integer({ min: 0, max: 40 * 96 }).map((steps) => at('01T00:00') + steps * step);
    fc.assert(
      fc.property(moment, moment, fc.array(moment), fc.subarray(UNITS), (one, other, some, units) => {
        const [fromMs, toMs] = [Math.min(one, other), Math.max(one, other)];
        const cuts = [...new Set(some)].toSorted((a, b) => a - b);
        const segments = segmentsOf({ fromMs, toMs }, cuts, units);
        const all = Object.entries(segments).flatMap(([unit, list]) => list.map((each) => ({ unit, ...each })));
        let end = fromMs;
        for (const each of all.toSorted((a, b) => a.fromMs - b.fromMs)) {
          expect(each.fromMs).toBe(end);
          end = each.toMs;
          if (each.unit === 'row') continue;
          expect(units).toContain(each.unit);
          const unitMs = UNIT_MS[each.unit as RollupUnit];
          for (const ms of [each.fromMs, each.toMs, ...cuts.filter((cut) => cut > each.fromMs && cut < each.toMs)])
            expect(ms % unitMs).toBe(0);
        }
        expect(end).toBe(toMs);
      }),
    );
  });
});
