import { Injectable } from '@nestjs/common';
import type { CacheHit } from '../../cache/response-cache.service';
import { type DeferredCall, DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { CallsService } from '../../calls/calls.service';
import type { PreparedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { newRequestId } from '../../common/ids';
import type { Deployment, Model } from '../../models/model';
import { LineCalls, type StoredLine } from '../lines/line-calls.service';

const HOUR_MS = 3_600_000;
/** Nine of ten vendors' batches end within an hour; a shorter window would let lines expire. */
const LEAST_WINDOW_MS = 3 * HOUR_MS;
/** Where what is late runs directly. */
const LEAST_WINDOW_WITH_ESCALATION_MS = HOUR_MS / 2;
/** The window may have begun a moment ago. */
const BEGUN_MS = HOUR_MS / 60;
/** Tiers that are no wish for a faster or cheaper one. */
const USUAL_TIERS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'auto',
  'default',
  'standard_only',
  'standard',
]);

const NEVER = new AbortController().signal;

/** A line as a call, with the stored answer that it may have. */
export interface PlannedCall {
  lineNo: number;
  prepared: PreparedCall;
  hit: CacheHit | undefined;
}

/** What is left of a batch's window. */
export interface BatchWindow {
  leftMs: number;
  escalate: boolean;
}

/** Decides how single lines run. Spends nothing. */
@Injectable()
export class LinePlanner {
  constructor(
    private readonly calls: CallsService,
    private readonly deferred: DeferredAttempts,
    private readonly lineCalls: LineCalls,
  ) {}

  /** @returns undefined for each line that will end with an error */
  async look(lines: readonly StoredLine[], caller: Caller): Promise<(PlannedCall | undefined)[]> {
    const prepared = lines.map((line) => this.prepare(line, caller));
    const calls = prepared.filter((call) => call !== undefined);
    const hits = await this.calls.stored(calls);
    const hitOf = new Map(calls.map((call, at) => [call, hits[at]]));
    return lines.map(({ lineNo }, at) => {
      const call = prepared[at];
      return call && { lineNo, prepared: call, hit: hitOf.get(call) };
    });
  }

  /** The line for a vendor's batch; undefined where it runs as a live call. */
  async defer(window: BatchWindow, prepared: PreparedCall): Promise<DeferredCall | undefined> {
    if (!mayDefer(window, prepared)) return undefined;
    const deployment = this.deploymentOf(prepared.model);
    return deployment && this.deferred.defer(prepared, deployment).catch(() => undefined);
  }

  private prepare(line: StoredLine, caller: Caller): PreparedCall | undefined {
    try {
      return this.calls.prepare(this.lineCalls.callOf(line, newRequestId(), caller, NEVER));
    } catch {
      return undefined;
    }
  }

  /** The first deployment whose vendor sells batches, of those whose answers may be stored under the model's name. */
  private deploymentOf({ deployments, family }: Model): Deployment | undefined {
    return deployments
      .filter((each) => each.upstreamModel === family && this.deferred.apiOf(each) !== undefined)
      .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)[0];
  }
}

/** Calls with parts run live: some of their parts may be stored. */
function mayDefer({ leftMs, escalate }: BatchWindow, { call, controls, parts }: PreparedCall): boolean {
  const isLongEnough = leftMs >= (escalate ? LEAST_WINDOW_WITH_ESCALATION_MS : LEAST_WINDOW_MS - BEGUN_MS);
  return isLongEnough && !parts && !controls.onlyIfCached && USUAL_TIERS.has(call.request.serviceTier);
}

/** Whether equal lines may have one answer. */
export function mayShare({ controls, parts }: PreparedCall): boolean {
  return controls.read && controls.write && !parts;
}
