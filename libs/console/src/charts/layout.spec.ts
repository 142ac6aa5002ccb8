import fc from 'fast-check';
import { bandPath, columnPaths, labelledBuckets, labelRows, linePath, type Placement, textWidth } from './layout';

/** Columns of 8 pixels every 10, and one pixel an amount on a height of 100. */
const place: Placement = { left: (bucket) => bucket * 10, width: 8, top: (amount) => 100 - amount };

describe('columns', () => {
  it('stand on each other, with a gap of one pixel', () => {
    expect(columnPaths([[10, 20], [5]], place)).toEqual(['M0 100h8v-10h-8zM10 100h8v-20h-8z', 'M0 89h8v-4h-8z']);
  });

  it('stand on the axis where the series below has nothing', () => {
    expect(columnPaths([[0], [5]], place)[1]).toBe('M0 100h8v-5h-8z');
  });

  it('have no gap where they are narrow', () => {
    expect(columnPaths([[10], [5]], { ...place, width: 2 })[1]).toBe('M0 90h2v-5h-2z');
  });

  it('stay visible where an amount is small', () => {
    expect(columnPaths([[10], [0.001]], place)[1]).toBe('M0 89h8v-0.5h-8z');
  });

  it('are one path a series, with a part for each amount above zero', () => {
    const stacks = fc.array(fc.array(fc.nat(1000), { minLength: 744, maxLength: 744 }), { maxLength: 3 });
    fc.assert(
      fc.property(stacks, (values) => {
        const parts = columnPaths(values, place).map((path) => path.split('z').length - 1);
        expect(parts).toEqual(values.map((amounts) => amounts.filter((amount) => amount > 0).length));
      }),
      { numRuns: 20 },
    );
  });
});

describe('lines', () => {
  it('go through the middles and break where there is no value', () => {
    expect(linePath([1, 2, null, 3, 4], place)).toBe('M4 99L14 98M34 97L44 96');
  });

  it('show a lone value as a dash', () => {
    expect(linePath([5], place)).toBe('M0 95h8');
  });

  it('have a band where both of its edges are known', () => {
    expect(bandPath([null, 1, 2], [null, 3, 4], place)).toBe('M14 97L24 96L24 98L14 99z');
    expect(bandPath([1], [2], place)).toBe('');
  });
});

describe('labels', () => {
  it('keep the anchor and a step that one can count', () => {
    expect(labelledBuckets(27, 0, 14)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26]);
    expect(labelledBuckets(48, 9, 4)).toEqual([9, 21, 33, 45]);
    expect(labelledBuckets(744, 15, 8).every((bucket) => (bucket - 15) % 96 === 0)).toBe(true);
    expect(labelledBuckets(3, 0, 0)).toEqual([0]);
  });

  it('are never more than fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 40 }),
        (count, anchor, most) => {
          expect(labelledBuckets(count, anchor, most).length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('do not cover each other', () => {
    const spans = [
      { from: 0, to: 50 },
      { from: 20, to: 70 },
      { from: 60, to: 90 },
      { from: 30, to: 80 },
    ];
    expect(labelRows(spans, 2)).toEqual([0, 1, 0, undefined]);
  });

  it('are wider in Hangul', () => {
    expect(textWidth('세대')).toBeGreaterThan(textWidth('ab'));
  });
});
