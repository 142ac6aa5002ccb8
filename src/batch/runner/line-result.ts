import type { PicoUsd } from '../../common/money';

/** A line that this process may work on while its lease lasts. */
export interface ClaimedLine {
  batchId: string;
  lineNo: number;
  customId: string;
  /** The path of the public API that the line is for. */
  endpoint: string;
  /** JSON text. */
  body: string;
  /** How often it was started, this time included. */
  starts: number;
  token: string;
  teamId: string;
  keyId: string;
  /** When the batch's window is over. */
  expiresAt: Date;
}

/** How a line ended. */
export interface LineResult {
  line: ClaimedLine;
  state: 'done' | 'failed';
  /** The call that gave the result; null where there was none. */
  requestId: string | null;
  /** The HTTP status of the call; null where there was none. */
  status: number | null;
  /** JSON text in one line: the call's answer, or the `{code, message}` of a line that came to no call. */
  body: string;
  cached: boolean;
  /** Who answered; null for answers out of the cache. */
  provider: string | null;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A line that waits for a budget to have room again. */
export interface PutOff {
  notBefore: Date;
}

const NO_COST = { cached: false, provider: null, listCostPusd: 0n, costPusd: 0n, savedPusd: 0n };

/** A line whose call failed: it goes to the error file with the error as an application would have got it. */
export function failedCall(line: ClaimedLine, requestId: string, status: number, error: object): LineResult {
  return { ...NO_COST, line, state: 'failed', requestId, status, body: JSON.stringify(error) };
}

/** A line for which no call was made. */
export function notCalled(line: ClaimedLine, code: string, message: string): LineResult {
  const body = JSON.stringify({ code, message });
  return { ...NO_COST, line, state: 'failed', requestId: null, status: null, body };
}

/** JSON text without line breaks. In JSON they stand only between values, where a space means the same. */
export function inOneLine(json: string): string {
  return json.replace(/[\r\n]+/g, ' ');
}
