import { Injectable, Logger } from '@nestjs/common';
import { type AbortSignalLike, endpointAt, parseExact } from '@thriftgate/providers';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { JsonResponse } from '../../calls/call';
import { readTags, withoutTagList } from '../../calls/tags';
import { CallsService } from '../../calls/calls.service';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import type { GatewayError } from '../../common/errors';
import { toGatewayError } from '../../common/to-gateway-error';
import { newRequestId } from '../../common/ids';
import { pauseUnless } from '../../common/runtime/pause';
import { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import { type ClaimedLine, failedCall, inOneLine, type LineResult, notCalled, type PutOff } from './line-result';

const OK = 200;
/** A line is not run again after this many processes died while running it. */
const MAX_CRASHES = 2;
const MAX_CALLS = 3;
const BACKOFF_MS = 500;
const MAX_PAUSE_MS = 60_000;
/** How often lines that wait for a budget are run again. */
const BUDGET_RETRY_MS = 60_000;

/** Runs one line as a call, through cache and router like any other call. */
@Injectable()
export class LineRunner {
  private readonly logger = new Logger(LineRunner.name);

  constructor(
    private readonly calls: CallsService,
    private readonly keys: ApiKeyDirectory,
    private readonly clock: Clock,
  ) {}

  /** @returns the result; when to run the line again; or undefined if it was aborted and is to be released. Never throws. */
  async run(line: ClaimedLine, signal: AbortSignalLike): Promise<LineResult | PutOff | undefined> {
    if (line.starts > MAX_CRASHES) {
      const message = 'The gateway stopped twice while it ran this line; it is not run again.';
      return notCalled(line, 'line_crashed_gateway', message);
    }
    for (let failures = 0; ;) {
      const requestId = newRequestId();
      const error = await this.callOnce(line, requestId, signal);
      if (!(error instanceof Error)) return error;
      if (signal.aborted) return undefined;
      const putOff = this.putOff(error);
      if (putOff) return putOff;
      const noRoom = error.code === 'unavailable' || isOnlyReserved(error);
      if (!noRoom) failures += 1;
      if (failures === MAX_CALLS || !isRetryable(error)) {
        return failedCall(line, requestId, error.status, error.toBody());
      }
      await pause(failures, error, signal);
      if (signal.aborted || (noRoom && line.expiresAt.getTime() <= this.clock.now())) return undefined;
    }
  }

  /** A budget with action `defer` makes its lines wait for the next window. They run earlier too: its limit may be raised. */
  private putOff(error: GatewayError): PutOff | undefined {
    if (!(error instanceof BudgetExceededError) || error.window.budget.action !== 'defer') return undefined;
    return { notBefore: new Date(Math.min(error.window.endMs, this.clock.now() + BUDGET_RETRY_MS)) };
  }

  private async callOnce(
    line: ClaimedLine,
    requestId: string,
    signal: AbortSignalLike,
  ): Promise<LineResult | GatewayError> {
    const caller = this.callerOf(line);
    if (!caller) {
      return notCalled(line, 'invalid_api_key', 'The API key that made this batch was revoked or has expired.');
    }
    try {
      const endpoint = endpointAt(line.endpoint);
      if (!endpoint) throw new Error(`a line is for ${line.endpoint}, which is not served`);
      const { body, request } = endpoint.read(parseExact(line.body));
      const response = await this.calls.complete({
        requestId,
        caller,
        endpoint,
        request,
        body: withoutTagList(body),
        headers: undefined,
        tags: readTags(undefined, request.metadata),
        batch: { batchId: line.batchId, customId: line.customId },
        signal,
        startedAt: this.clock.now(),
      });
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

  /** The caller with the key's current rights. The administrator's key is not in the directory and has all rights. */
  private callerOf({ keyId, teamId }: ClaimedLine): Caller | undefined {
    if (keyId === 'admin') return { role: 'platform_admin', teamId, keyId, models: null, rpmLimit: null };
    return this.keys.callerOf(keyId);
  }
}

function done(line: ClaimedLine, requestId: string, { headers, body, settlement }: JsonResponse): LineResult {
  const cached = settlement.cacheStatus === 'HIT' || settlement.cacheStatus === 'COALESCED';
  return {
    line,
    state: 'done',
    requestId,
    status: OK,
    body: inOneLine(body.toString('utf8')),
    cached,
    provider: cached ? null : (headers['x-gateway-provider'] ?? null),
    listCostPusd: settlement.listCostPusd,
    costPusd: settlement.costPusd,
    savedPusd: settlement.savedPusd,
  };
}

/** Holds of other calls fill the budget, and may settle for less. */
function isOnlyReserved({ code, retryAfterSeconds }: GatewayError): boolean {
  return code === 'budget_exceeded' && retryAfterSeconds !== undefined;
}

function isRetryable(error: GatewayError): boolean {
  const { code, status } = error;
  if (isOnlyReserved(error)) return true;
  return code !== 'internal_error' && (status === 429 || status >= 500);
}

async function pause(failures: number, error: GatewayError, signal: AbortSignalLike): Promise<void> {
  const backoffMs = BACKOFF_MS * 4 ** Math.max(failures - 1, 0) * (0.5 + Math.random());
  const pauseMs = Math.min(Math.max(backoffMs, (error.retryAfterSeconds ?? 0) * 1000), MAX_PAUSE_MS);
  await pauseUnless(signal, pauseMs);
}
