import { Injectable, Logger } from '@nestjs/common';
import type { AbortSignalLike } from '@thriftgate/providers';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { Call, CallResponse, JsonResponse } from '../../calls/call';
import { CallsService } from '../../calls/calls.service';
import { FailedCosts } from '../../calls/failed-costs';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import type { GatewayError } from '../../common/errors';
import { toGatewayError } from '../../common/to-gateway-error';
import { newRequestId } from '../../common/ids';
import { pauseUnless } from '../../common/runtime/pause';
import { LineCalls } from '../lines/line-calls.service';
import { lineErrorBody } from '../output/line-error';
import { RefusedCalls } from '../../refused-calls/refused-calls.service';
import { LineStarts } from '../ways/line-starts.service';
import { TeamShares } from './team-shares';
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
/** Calls of a flex tier wait most of their time: they have slots of their own, so many times those of live lines, shared by team. */
const FLEX_SLOTS = 4;
const FLEX_RETRY_MS = 5_000;
/** How often lines that wait for a budget are run again. */
const BUDGET_RETRY_MS = 60_000;
const KEY_RETRY_MS = 5_000;

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
  private readonly flexSlots: TeamShares;

  constructor(
    private readonly calls: CallsService,
    private readonly lineCalls: LineCalls,
    private readonly clock: Clock,
    private readonly refusedCalls: RefusedCalls,
    private readonly starts: LineStarts,
    config: GatewayConfig,
  ) {
    this.flexSlots = new TeamShares(FLEX_SLOTS * config.batch.concurrency, 2 * FLEX_RETRY_MS);
  }

  /**
   * @param giveSlot called when the line goes on without a slot, in a flex tier
   * @returns the result; when to run the line again; or undefined if it was aborted and is to be released. Never throws.
   */
  async run(
    line: ClaimedLine,
    signal: AbortSignalLike,
    giveSlot: () => void,
  ): Promise<LineResult | PutOff | undefined> {
    if (line.starts > MAX_CRASHES) {
      const message = 'The gateway stopped twice while it ran this line; it is not run again.';
      return notCalled(line, 'line_crashed_gateway', message);
    }
    let hasSlot = true;
    for (;;) {
      const requestId = newRequestId();
      const failures = this.failuresOf(line);
      const made = await this.callOnce(line, requestId, signal, failures, (isFlex) => {
        if (!isFlex) return hasSlot;
        if (!this.flexSlots.take(line.teamId)) return false;
        hasSlot = false;
        giveSlot();
        return true;
      });
      if ('notBefore' in made) return made;
      if (!('error' in made)) return this.ended(line, made);
      if (signal.aborted) return undefined;
      const { error, call } = made;
      if (!isForRoom(error)) this.starts.reached(line);
      const flexPauseMs = call && this.starts.afterFlex(line, call, error);
      if (flexPauseMs !== undefined) {
        if (flexPauseMs > LONGEST_PAUSE_IN_SLOT_MS) return this.putOff(error, flexPauseMs);
        await pauseUnless(signal, flexPauseMs);
        if (signal.aborted) return undefined;
        continue;
      }
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

  private async complete({ teamId }: ClaimedLine, call: Call, isFlex: boolean): Promise<CallResponse> {
    try {
      return await this.calls.complete(call);
    } finally {
      if (isFlex) this.flexSlots.give(teamId);
    }
  }

  /** All slots of flex calls that the team may have are taken; or the line has given its slot back and needs one again. */
  private withoutSlot(isFlex: boolean): PutOff {
    return { notBefore: new Date(this.clock.now() + (isFlex ? FLEX_RETRY_MS : 0)), forBatch: isFlex };
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
    this.starts.ended(line);
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

  /** Where a key cannot be looked up, no line of its batch can run. */
  private async callerOf(line: ClaimedLine): Promise<Caller | PutOff | undefined> {
    try {
      return await this.lineCalls.callerOf(line);
    } catch (error) {
      this.logger.debug({ batchId: line.batchId, err: error }, 'the key of a line could not be looked up');
      return { notBefore: new Date(this.clock.now() + KEY_RETRY_MS), forBatch: true };
    }
  }

  private async callOnce(
    line: ClaimedLine,
    requestId: string,
    signal: AbortSignalLike,
    failures: Failures,
    mayRun: (isFlex: boolean) => boolean,
  ): Promise<LineResult | PutOff | FailedCall> {
    const caller = await this.callerOf(line);
    if (caller && 'notBefore' in caller) return caller;
    if (!caller) {
      return notCalled(line, 'invalid_api_key', 'The API key that made this batch was revoked or has expired.');
    }
    let call: Call | undefined;
    try {
      const made = await this.lineCalls.callOf(line, requestId, caller, signal);
      failures.model = made.request.model;
      const start = await this.starts.start(line, { ...made, failedCosts: failures.costs });
      if ('notBefore' in start) return start;
      ({ call } = start);
      const isFlex = call.only !== undefined;
      if (!mayRun(isFlex)) return this.withoutSlot(isFlex);
      const response = await this.complete(line, call, isFlex);
      if (response.kind === 'stream') throw new Error('a line of a batch got a stream');
      return done(line, requestId, response, start.escalated);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.code === 'internal_error' && !signal.aborted) {
        this.logger.error({ batchId: line.batchId, line: line.lineNo, err: thrown }, 'a line failed unexpectedly');
      }
      return { error, call };
    }
  }
}

/** A call that failed; undefined where the line could not be made into one. */
interface FailedCall {
  error: GatewayError;
  call: Call | undefined;
}

function done(
  line: ClaimedLine,
  requestId: string,
  { headers, body, usage, settlement }: JsonResponse,
  isLate: boolean,
): LineResult {
  const cached = settlement.cacheStatus === 'HIT' || settlement.cacheStatus === 'COALESCED';
  return {
    line,
    state: 'done',
    requestId,
    status: OK,
    body: inOneLine(body.toString('utf8')),
    cached,
    escalated: isLate && !cached,
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
