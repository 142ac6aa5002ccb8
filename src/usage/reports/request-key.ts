import { encodeTime } from 'ulid';
import { GatewayError } from '../../common/errors';

/** The key of a row of the ledger. */
export interface RequestKey {
  requestId: string;
  attempt: number;
}

const TIME_CHARACTERS = 10;
const MARGIN_MS = 2 * 24 * 3600 * 1000;
const KEY = /^([0-9A-Za-z_-]{1,128})\.(\d{1,4})$/;

/** The `next_cursor` of a page, with which callers request the next page. */
export function encodeCursor({ requestId, attempt }: RequestKey): string {
  return Buffer.from(`${requestId}.${attempt}`).toString('base64url');
}

/** @throws GatewayError `invalid_request` for an invalid cursor */
export function decodeCursor(cursor: string): RequestKey {
  const [, requestId, attempt] = KEY.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (requestId === undefined || attempt === undefined) {
    throw new GatewayError('invalid_request', {
      message: "'cursor' must be the next_cursor of another page.",
      param: 'cursor',
    });
  }
  return { requestId, attempt: Number(attempt) };
}

/**
 * The range of request ids of a time span: ids begin with their time, so the span is a range of the ledger's index. The
 * time of a row may differ from that of its id (a batch line that was claimed again, a clock that was set), so the range
 * is wider by two days at each end, and queries compare the row's own time too.
 */
export function requestIdBounds(from: Date | undefined, to: Date | undefined): { least?: string; below?: string } {
  return {
    ...(from && { least: encodeTime(Math.max(0, from.getTime() - MARGIN_MS), TIME_CHARACTERS) }),
    ...(to && { below: encodeTime(to.getTime() + MARGIN_MS, TIME_CHARACTERS) }),
  };
}
