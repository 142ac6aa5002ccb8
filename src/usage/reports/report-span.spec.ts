import { spanOf } from './report-span';

const NOW_MS = Date.parse('2026-11-26T19:18:00Z');

describe('spanOf', () => {
  it.each([
    ['no dates', {}, '2026-10-27T00:00:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['an end', { to: '2026-11-10T12:34:00.000Z' }, '2026-10-11T00:00:00.000Z', '2026-11-10T12:34:00.000Z'],
    ['a start', { from: '2026-11-10T12:34:00.000Z' }, '2026-11-10T12:34:00.000Z', '2026-11-27T00:00:00.000Z'],
    ['a future end', { to: '2027-06-01T00:00:00.000Z' }, '2026-10-27T00:00:00.000Z', '2027-06-01T00:00:00.000Z'],
    ['an early end', { to: '1970-01-02T00:00:00.000Z' }, '1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z'],
  ])('is whole days for %s', (_, given, from, to) => {
    const filter = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, new Date(text)]));
    expect(spanOf(filter, NOW_MS)).toEqual({ from: new Date(from), to: new Date(to) });
  });

  it('includes calls of an instance whose clock is ahead, at midnight', () => {
    const { to } = spanOf({}, Date.parse('2026-11-26T23:59:30Z'));
    expect(to).toEqual(new Date('2026-11-28T00:00:00Z'));
  });
});
