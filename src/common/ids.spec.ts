import { decodeTime, ulid } from 'ulid';
import { leastUlid, newRequestId } from './ids';

describe('the least id of a time', () => {
  const AT_MS = Date.UTC(2026, 10, 28);

  it('lies before the ids of its millisecond, and after those of the millisecond before', () => {
    expect(leastUlid(AT_MS) < ulid(AT_MS)).toBe(true);
    expect(leastUlid(AT_MS) > ulid(AT_MS - 1)).toBe(true);
  });

  it('of a time before 1970 is that of its start', () => {
    expect(leastUlid(-1)).toBe('0000000000');
  });
});

describe('request ids', () => {
  const NOW = Date.UTC(2026, 10, 28);
  const idAt = (ms: number) => {
    jest.spyOn(Date, 'now').mockReturnValue(ms);
    return newRequestId();
  };
  afterEach(() => jest.restoreAllMocks());

  it('sort by time, also within a millisecond and where the clock goes back a little', () => {
    const ids = [NOW, NOW, NOW + 1, NOW - 4_000, NOW + 2].map((ms) => idAt(ms));
    expect(ids.toSorted()).toEqual(ids);
    expect(decodeTime(ids[3] ?? '')).toBe(NOW + 1);
  });

  it('A19: follow a clock that was ahead back to the right time', () => {
    idAt(NOW + 86_400_000);
    expect(decodeTime(idAt(NOW + 10))).toBe(NOW + 10);
    expect(decodeTime(idAt(NOW + 11))).toBe(NOW + 11);
  });
});
