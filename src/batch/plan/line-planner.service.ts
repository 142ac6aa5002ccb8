import { Injectable } from '@nestjs/common';
import type { CacheHit } from '../../cache/response-cache.service';
import { type DeferredCall, DeferredAttempts, type PricedLine } from '../../calls/attempts/deferred-attempts.service';
import { CallsService } from '../../calls/calls.service';
import type { PreparedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { newRequestId } from '../../common/ids';
import type { Deployment, Model } from '../../models/model';
import { LineCalls, type StoredLine } from '../lines/line-calls.service';
import { type BatchOfLine, LineWays, typicalPusd } from '../ways/line-ways.service';
import { isUsualTier } from '../ways/usual-tier';
import { chooseWay, isLongEnoughForBatch, type Way } from '../ways/way';

const NEVER = new AbortController().signal;

/** A line as a call, with the stored answer that it may have. */
export interface PlannedCall {
  lineNo: number;
  prepared: PreparedCall;
  hit: CacheHit | undefined;
}

/** How a line is going to run, with its prices. */
export interface PlannedWay {
  way: Way;
  /** Milliseconds since 1970. */
  fromMs: number;
  /** The line for a vendor's batch; undefined for every other way. */
  deferred: DeferredCall | undefined;
  /** Undefined where the model has no deployment. */
  priced: PricedLine | undefined;
}

/** Decides how single lines run. Spends nothing. */
@Injectable()
export class LinePlanner {
  constructor(
    private readonly calls: CallsService,
    private readonly deferred: DeferredAttempts,
    private readonly lineCalls: LineCalls,
    private readonly ways: LineWays,
  ) {}

  /** @returns undefined where the line will end with an error */
  async look(line: StoredLine, caller: Caller): Promise<PlannedCall | undefined> {
    try {
      const prepared = this.calls.prepare(this.lineCalls.callOf(line, newRequestId(), caller, NEVER));
      return { lineNo: line.lineNo, prepared, hit: await this.calls.stored(prepared) };
    } catch {
      return undefined;
    }
  }

  /** The cheapest way of a line that meets the window of its batch. */
  async plan(batch: BatchOfLine, prepared: PreparedCall): Promise<PlannedWay> {
    const window = this.ways.windowOf(batch);
    const ways = this.ways.of(prepared.model, prepared.call.caller.teamId);
    const inBatch = isLongEnoughForBatch(window) ? await this.defer(prepared) : undefined;
    if (!ways) return { way: 'live', fromMs: window.nowMs, deferred: undefined, priced: undefined };
    const { deployment, price, flexPrice = price, flexDeployments, offPeakPrice = price } = ways;
    if (!isUsualTier(prepared.call.request.serviceTier))
      return {
        way: 'live',
        fromMs: window.nowMs,
        deferred: undefined,
        priced: { deployment, price, listPrice: price },
      };
    const { way, fromMs } = chooseWay(window, { ...ways.prices, batch: inBatch && typicalPusd(inBatch.price) });
    const priced: Record<Way, PricedLine> = {
      batch: inBatch ?? { deployment, price, listPrice: price },
      flex: { deployment: flexDeployments[0] ?? deployment, price: flexPrice, listPrice: price },
      off_peak: { deployment, price: offPeakPrice, listPrice: price },
      live: { deployment, price, listPrice: price },
    };
    return { way, fromMs, deferred: way === 'batch' ? inBatch : undefined, priced: priced[way] };
  }

  /** Undefined where the vendor takes no such call in a batch. */
  private async defer(prepared: PreparedCall): Promise<DeferredCall | undefined> {
    if (!mayDefer(prepared)) return undefined;
    const deployment = this.deploymentOf(prepared.model);
    return deployment && this.deferred.defer(prepared, deployment).catch(() => undefined);
  }

  /** The first deployment whose vendor sells batches, of those whose answers may be stored under the model's name. */
  private deploymentOf({ deployments, family }: Model): Deployment | undefined {
    return deployments
      .filter((each) => each.upstreamModel === family && this.deferred.apiOf(each) !== undefined)
      .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)[0];
  }
}

/** Calls with parts run live: some of their parts may be stored. */
function mayDefer({ call, controls, parts }: PreparedCall): boolean {
  return !parts && !controls.onlyIfCached && isUsualTier(call.request.serviceTier);
}

/** Whether equal lines may have one answer. */
export function mayShare({ controls, parts }: PreparedCall): boolean {
  return controls.read && controls.write && !parts;
}
