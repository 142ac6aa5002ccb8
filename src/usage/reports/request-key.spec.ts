import { ulid } from 'ulid';
import { GatewayError } from '../../common/errors';
import { decodeCursor, encodeCursor, requestIdBounds } from './request-key';

const DAY_MS = 24 * 3600 * 1000;
const NOON = new Date('2026-11-23T12:00:00Z');

describe('a cursor', () => {
  it('is decoded to the key that was encoded', () => {
    const key = { requestId: '01KAS5T9W3E7R1Y5U8P2A6S4DF', attempt: 2 };
    expect(decodeCursor(encodeCursor(key))).toEqual(key);
  });

  it.each(['', 'x', '%', Buffer.from('01KA').toString('base64url'), Buffer.from("a'.1").toString('base64url')])(
    'is refused with the name of the parameter when it is %j',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(GatewayError);
      expect(() => decodeCursor(cursor)).toThrow(/'cursor'/);
    },
  );
});

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
