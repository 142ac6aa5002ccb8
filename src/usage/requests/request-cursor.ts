import type { RequestSort } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';

/** The place of a row of the ledger in the order of a page. */
export interface RequestPlace {
  requestId: string;
  attempt: number;
  costPusd: PicoUsd;
}

/** A cursor as text: the key of a row, after its cost where that is sorted by, and the name of an order that is not the default. */
const CURSORS: Record<RequestSort, RegExp> = {
  '-created_at': /^()([0-9A-Za-z_-]{1,128})\.(\d{1,4})$/,
  created_at: /^created_at:()([0-9A-Za-z_-]{1,128})\.(\d{1,4})$/,
  '-cost': /^-cost:(-?\d{1,18}):([0-9A-Za-z_-]{1,128})\.(\d{1,4})$/,
};

/** The `next_cursor` of a page, with which callers request the next page. */
export function encodeCursor({ requestId, attempt, costPusd }: RequestPlace, sort: RequestSort): string {
  const prefixes: Record<RequestSort, string> = {
    '-created_at': '',
    created_at: 'created_at:',
    '-cost': `-cost:${costPusd}:`,
  };
  return Buffer.from(`${prefixes[sort]}${requestId}.${attempt}`).toString('base64url');
}

/** @throws GatewayError `invalid_request` for an invalid cursor, and for one of another order */
export function decodeCursor(cursor: string, sort: RequestSort): RequestPlace {
  const [, cost = '', requestId, attempt] = CURSORS[sort].exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (requestId === undefined || attempt === undefined) {
    throw new GatewayError('invalid_request', {
      message: "'cursor' must be the next_cursor of another page with the same 'sort'.",
      param: 'cursor',
    });
  }
  return { requestId, attempt: Number(attempt), costPusd: BigInt(cost) };
}
