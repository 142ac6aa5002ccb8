import { Injectable, Logger } from '@nestjs/common';
import type { AbortSignalLike } from '@thriftgate/providers';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { JsonResponse } from '../../calls/call';
import { CallsService } from '../../calls/calls.service';
import { FailedCosts } from '../../calls/failed-costs';
import { Clock } from '../../common/clock';
import type { GatewayError } from '../../common/errors';
import { toGatewayError } from '../../common/to-gateway-error';
import { newRequestId } from '../../common/ids';
import { pauseUnless } from '../../common/runtime/pause';
import { LineCalls } from '../lines/line-calls.service';
import { lineErrorBody } from '../output/line-error';
import { RefusedCalls } from '../../refused-calls/refused-calls.service';
import { type ClaimedLine, failedCall, inOneLine, type LineResult, notCalled, type PutOff } from '../lines/line-result';

const OK = 200;
/** A line is not run again after this many processes died while running it. */
const MAX_CRASHES = 2;
const MAX_CALLS = 3;
const BACKOFF_MS = 500;
const MAX_PAUSE_MS = 60_000;
/** Lines whose failures are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;
/** A line that waits longer gives its slot to others. */
const LONGEST_PAUSE_IN_SLOT_MS = 3_000;
/** How often lines that wait for a budget are run again. */
const BUDGET_RETRY_MS = 60_000;

/** What is known of a line's failed calls. */
interface Failures {
  /** How many failed; waiting for room is no failure. */
  calls: number;
  /** What they cost all the same. */
  costs: FailedCosts;
  /** The model that the line names; undefined while it is not read. */
  model?: string;
}

/** Runs one line as a call, through cache and router like any other call. */
@Injectable()
export class LineRunner {
  private readonly logger = new Logger(LineRunner.name);
  /** The failed calls of lines that are not ended, in this process. */
  private readonly failures = new Map<string, Failures>();

  constructor(
    private readonly calls: CallsService,
    private readonly lineCalls: LineCalls,
    private readonly clock: Clock,
    private readonly refusedCalls: RefusedCalls,
  ) {}

  /** @returns the result; when to run the line again; or undefined if it was aborted and is to be released. Never throws. */
  async run(line: ClaimedLine, signal: AbortSignalLike): Promise<LineResult | PutOff | undefined> {
    if (line.starts > MAX_CRASHES) {
      const message = 'The gateway stopped twice while it ran this line; it is not run again.';
      return notCalled(line, 'line_crashed_gateway', message);
    }
    for (;;) {
      const requestId = newRequestId();
      const failures = this.failuresOf(line);
      const error = await this.callOnce(line, requestId, signal, failures);
      if (!(error instanceof Error)) return this.ended(line, error);
      if (signal.aborted) return undefined;
      if (!isForRoom(error)) failures.calls += 1;
      if (failures.calls === MAX_CALLS || !isRetryable(error)) {
        this.refusedCalls.count(line, failures.model, error);
        return this.ended(
          line,
          failedCall(line, requestId, error.status, lineErrorBody(line.endpoint, requestId, error), failures.costs),
        );
      }
      const pauseMs = pauseAfter(failures.calls, error);
      if (isForRoom(error) || pauseMs > LONGEST_PAUSE_IN_SLOT_MS) return this.putOff(error, pauseMs);
      await pauseUnless(signal, pauseMs);
      if (signal.aborted) return undefined;
    }
  }

  private failuresOf(line: ClaimedLine): Failures {
    const failures = this.failures.get(nameOf(line)) ?? { calls: 0, costs: new FailedCosts() };
    this.failures.set(nameOf(line), failures);
    const [oldest] = this.failures.keys();
    if (this.failures.size > MAX_REMEMBERED && oldest !== undefined) this.failures.delete(oldest);
    return failures;
  }

  private ended(line: ClaimedLine, result: LineResult): LineResult {
    this.failures.delete(nameOf(line));
    return result;
  }

  /**
   * A line that waits for long gives its slot to others. A budget with action `defer` makes its lines wait for the next window;
   * they run earlier too, since its limit may be raised.
   */
  private putOff(error: GatewayError, pauseMs: number): PutOff {
    const nowMs = this.clock.now();
    const isBudget = error instanceof BudgetExceededError;
    const deferMs = isDeferred(error) ? Math.min(error.window.endMs - nowMs, BUDGET_RETRY_MS) : pauseMs;
    return { notBefore: new Date(nowMs + deferMs), forBatch: isBudget };
  }

  private async callOnce(
    line: ClaimedLine,
    requestId: string,
    signal: AbortSignalLike,
    failures: Failures,
  ): Promise<LineResult | GatewayError> {
    const caller = this.lineCalls.callerOf(line);
    if (!caller) {
      return notCalled(line, 'invalid_api_key', 'The API key that made this batch was revoked or has expired.');
    }
    try {
      const call = await this.lineCalls.callOf(line, requestId, caller, signal);
      failures.model = call.request.model;
      const response = await this.calls.complete({ ...call, failedCosts: failures.costs });
      if (response.kind === 'stream') throw new Error('a line of a batch got a stream');
      return done(line, requestId, response);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.code === 'internal_error' && !signal.aborted) {
        this.logger.error({ batchId: line.batchId, line: line.lineNo, err: thrown }, 'a line failed unexpectedly');
      }
      return error;
    }
  }
}

function done(line: ClaimedLine, requestId: string, { headers, body, usage, settlement }: JsonResponse): LineResult {
  const cached = settlement.cacheStatus === 'HIT' || settlement.cacheStatus === 'COALESCED';
  return {
    line,
    state: 'done',
    requestId,
    status: OK,
    body: inOneLine(body.toString('utf8')),
    cached,
    model: headers['x-gateway-model'] ?? null,
    usage,
    provider: cached ? null : (headers['x-gateway-provider'] ?? null),
    listCostPusd: settlement.listCostPusd,
    costPusd: settlement.costPusd,
    savedPusd: settlement.savedPusd,
  };
}

/** The call would run if others had ended: calls at the model's deployments, or holds of calls in a budget. */
function isForRoom(error: GatewayError): boolean {
  return error.code === 'unavailable' || error.code === 'budget_reserved' || isDeferred(error);
}

function isDeferred(error: GatewayError): error is BudgetExceededError {
  return error instanceof BudgetExceededError && error.window.budget.action === 'defer';
}

/** A call that was charged is not made again, nor one that no repeat mends. */
function isRetryable(error: GatewayError): boolean {
  const { code, status, isFinal } = error;
  if (isFinal || code === 'internal_error') return false;
  return isForRoom(error) || status === 429 || status >= 500;
}

/** How long to wait before the next call, in milliseconds: longer after each failure, and as long as the error asks. */
function pauseAfter(failures: number, { retryAfterSeconds = 0 }: GatewayError): number {
  const backoffMs = BACKOFF_MS * 4 ** Math.max(failures - 1, 0) * (0.5 + Math.random());
  return Math.min(Math.max(backoffMs, retryAfterSeconds * 1000), MAX_PAUSE_MS);
}

function nameOf({ batchId, lineNo }: ClaimedLine): string {
  return `${batchId}:${lineNo}`;
}
