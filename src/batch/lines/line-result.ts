import type { TokenUsage } from '@thriftgate/providers';
import type { Costs } from '../../calls/failed-costs';
import type { PicoUsd } from '../../common/money';
import type { StoredLine } from './line-calls.service';

/** A line that this instance may run until its lease expires. */
export interface ClaimedLine extends StoredLine {
  /** How often the line was started, this time included. */
  starts: number;
  token: string;
  /** The batch's begin, and the end of its completion window. */
  madeAt: Date;
  expiresAt: Date;
  /** Of the whole batch. */
  batchLines: number;
  escalate: boolean;
}

/** The result of a line. */
export interface LineResult {
  line: Pick<StoredLine, 'batchId' | 'lineNo'> & { token: string | null };
  state: 'done' | 'failed';
  /** The request id of the line's last call; null if no call was made. */
  requestId: string | null;
  /** The HTTP status of the call; null if no call was made. */
  status: number | null;
  /** JSON text in one line: the body of the response, or `{code, message}` if no call was made. */
  body: string;
  cached: boolean;
  /** Whether it cost the full price because no cheaper way had run the line near the end of the window. */
  escalated?: boolean;
  /** The upstream's name of the model that wrote the response; null without one. */
  model: string | null;
  /** Null without a response. */
  usage: TokenUsage | null;
  /** The provider that answered; null for responses from the cache. */
  provider: string | null;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedPusd: PicoUsd;
}

/** A line that waits: for room in its budget or at its model's deployments, or before its next call. It holds no slot. */
export interface PutOff {
  notBefore: Date;
  /** Whether the other lines of the batch would wait too. */
  forBatch: boolean;
}

const NO_COST = {
  cached: false,
  model: null,
  usage: null,
  provider: null,
  listCostPusd: 0n,
  costPusd: 0n,
  savedPusd: 0n,
};

/**
 * The result of a line whose call failed: the error body, as an application gets it, for the error file.
 *
 * @param costs what an upstream charges for it all the same
 */
export function failedCall(
  line: LineResult['line'],
  requestId: string,
  status: number,
  error: object,
  { listCostPusd, costPusd }: Costs = NO_COST,
): LineResult {
  const paid = { listCostPusd, costPusd, savedPusd: listCostPusd - costPusd };
  return { ...NO_COST, ...paid, line, state: 'failed', requestId, status, body: JSON.stringify(error) };
}

/** The result of a line without a call. */
export function notCalled(line: LineResult['line'], code: string, message: string): LineResult {
  const body = JSON.stringify({ code, message });
  return { ...NO_COST, line, state: 'failed', requestId: null, status: null, body };
}

/** JSON text without line breaks. JSON has them only between tokens, where a space means the same. */
export function inOneLine(json: string): string {
  return json.replace(/[\r\n]+/g, ' ');
}
