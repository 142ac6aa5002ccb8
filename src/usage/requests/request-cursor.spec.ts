import { requestSorts } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';
import { decodeCursor, encodeCursor } from './request-cursor';

const PLACE = { requestId: '01KAS5T9W3E7R1Y5U8P2A6S4DF', attempt: 2, costPusd: 0n };

describe('a cursor', () => {
  it.each(requestSorts)('is decoded to the place that was encoded, in the order of %s', (sort) => {
    expect(decodeCursor(encodeCursor(PLACE, sort), sort)).toEqual(PLACE);
  });

  it('N10: has the cost of its row in the order of costs', () => {
    for (const costPusd of [250_000_000_000n, -7n]) {
      const place = { ...PLACE, costPusd };
      expect(decodeCursor(encodeCursor(place, '-cost'), '-cost')).toEqual(place);
    }
  });

  it('N10: is refused in another order', () => {
    for (const sort of requestSorts)
      for (const other of requestSorts.filter((one) => one !== sort))
        expect(() => decodeCursor(encodeCursor(PLACE, sort), other)).toThrow(/'cursor'.*'sort'/);
  });

  it.each(['', 'x', '%', Buffer.from('01KA').toString('base64url'), Buffer.from("a'.1").toString('base64url')])(
    'is refused with the name of the parameter when it is %j',
    (cursor) => {
      expect(() => decodeCursor(cursor, '-created_at')).toThrow(GatewayError);
      expect(() => decodeCursor(cursor, '-created_at')).toThrow(/'cursor'/);
    },
  );
});
