import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CacheHit } from '../../cache/response-cache.service';
import { type DeferredCall, DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { CallsService } from '../../calls/calls.service';
import { weightsOf, wholeHit } from '../../calls/call-parts';
import { isParted, type PreparedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { newRequestId } from '../../common/ids';
import { WaitingOffers } from '../../models/waiting-offers.service';
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

/** A line as a call, with what is stored of its answer. */
export interface PlannedCall {
  lineNo: number;
  prepared: PreparedCall;
  /** The whole answer. */
  hit: CacheHit | undefined;
  /** Of each part of a call that has some. */
  hits: readonly (CacheHit | undefined)[];
  /** Lines with the same one may have one answer; undefined where this one gets its own. */
  question: string | undefined;
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
    private readonly offers: WaitingOffers,
  ) {}

  /** @returns undefined where the line will end with an error */
  async look(line: StoredLine, caller: Caller): Promise<PlannedCall | undefined> {
    try {
      const prepared = this.calls.prepare(this.lineCalls.callOf(line, newRequestId(), caller, NEVER));
      const hits = await this.calls.stored(prepared);
      return {
        lineNo: line.lineNo,
        prepared,
        hit: wholeHit(prepared, hits),
        hits,
        question: questionOf(prepared, line),
      };
    } catch {
      return undefined;
    }
  }

  /** The line for a vendor's batch; undefined where it runs as a live call. */
  async defer(window: BatchWindow, { prepared, hits }: PlannedCall): Promise<DeferredCall | undefined> {
    if (!mayDefer(window, prepared)) return undefined;
    const deployment = this.offers.batchDeployment(prepared.model);
    const deferred = deployment && (await this.deferred.defer(prepared, deployment).catch(() => undefined));
    return deferred && this.isCheaper(deferred, hits) ? deferred : undefined;
  }

  /** Whether all of a call costs less in the vendor's batch than its missing parts as a live call. */
  private isCheaper(deferred: DeferredCall, hits: PlannedCall['hits']): boolean {
    if (!isParted(deferred.prepared)) return true;
    const weights = weightsOf(deferred.prepared);
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const missing = weights.reduce((sum, weight, place) => (hits[place] ? sum : sum + weight), 0);
    const { worstPusd, worstLivePusd } = this.deferred.worstOf(deferred);
    return missing === all || worstPusd * BigInt(all) < worstLivePusd * BigInt(missing);
  }
}

function mayDefer({ leftMs, escalate }: BatchWindow, { call, controls }: PreparedCall): boolean {
  const isLongEnough = leftMs >= (escalate ? LEAST_WINDOW_WITH_ESCALATION_MS : LEAST_WINDOW_MS - BEGUN_MS);
  return isLongEnough && !controls.onlyIfCached && USUAL_TIERS.has(call.request.serviceTier);
}

/** What equal lines have in common. The slot of a call with parts says nothing of the form in which they are written. */
function questionOf({ controls, parts, slot }: PreparedCall, { body }: StoredLine): string | undefined {
  if (!controls.read || !controls.write) return undefined;
  return parts ? `${slot.key} ${createHash('sha256').update(body).digest('base64')}` : slot.key;
}
