import { ulid } from 'ulid';
import { requestIdBounds } from './request-key';

const DAY_MS = 24 * 3600 * 1000;
const NOON = new Date('2026-11-23T12:00:00Z');

describe('the bounds of request ids', () => {
  it('have no bound if the span has none', () => {
    expect(requestIdBounds(undefined, undefined)).toEqual({});
  });

  it('include the ids of the span and of a day around it, and no ids far away', () => {
    const { least = '', below = '' } = requestIdBounds(NOON, NOON);
    const inside = [NOON.getTime() - DAY_MS, NOON.getTime(), NOON.getTime() + DAY_MS].map((ms) => ulid(ms));
    expect(inside.every((id) => id >= least && id < below)).toBe(true);
    expect(ulid(NOON.getTime() - 3 * DAY_MS) < least).toBe(true);
    expect(ulid(NOON.getTime() + 3 * DAY_MS) >= below).toBe(true);
  });

  it('begin at 1970', () => {
    expect(requestIdBounds(new Date(0), undefined)).toEqual({ least: '0000000000' });
  });
});
