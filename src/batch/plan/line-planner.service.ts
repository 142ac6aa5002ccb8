import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CacheHit } from '../../cache/response-cache.service';
import { type DeferredCall, DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { CallsService } from '../../calls/calls.service';
import { weightsOf, wholeHit } from '../../calls/call-parts';
import { isParted, type PreparedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { Cancellation } from '../../common/cancellation';
import { newRequestId } from '../../common/ids';
import { Turns } from '../../common/runtime/turns';
import { WaitingOffers } from '../../models/waiting-offers.service';
import { LineCalls, type StoredLine } from '../lines/line-calls.service';
import { type BatchOfLine, LineWays, typicalPusd } from '../ways/line-ways.service';
import { isUsualTier } from '../ways/usual-tier';
import { chooseWay, isLongEnoughForBatch, type Way } from '../ways/way';
import type { PricedLine } from './line-quotes.service';

const NEVER = new Cancellation();

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
  private readonly turns = new Turns();

  constructor(
    private readonly calls: CallsService,
    private readonly deferred: DeferredAttempts,
    private readonly lineCalls: LineCalls,
    private readonly offers: WaitingOffers,
    private readonly ways: LineWays,
  ) {}

  /** @returns undefined for each line that will end with an error */
  async look(lines: readonly StoredLine[], caller: Caller): Promise<(PlannedCall | undefined)[]> {
    const prepared: (PreparedCall | undefined)[] = [];
    // All at once they would take one turn of the event loop.
    for (const line of lines) prepared.push(await this.prepare(line, caller));
    const calls = prepared.filter((call) => call !== undefined);
    const hits = await this.calls.stored(calls);
    const hitsOf = new Map(calls.map((call, at) => [call, hits[at] ?? []]));
    return lines.map((line, at) => {
      const call = prepared[at];
      if (!call) return undefined;
      const found = hitsOf.get(call) ?? [];
      return {
        lineNo: line.lineNo,
        prepared: call,
        hit: wholeHit(call, found),
        hits: found,
        question: questionOf(call, line),
      };
    });
  }

  /** The cheapest way of a line that meets the window of its batch. */
  async plan(batch: BatchOfLine, call: PlannedCall): Promise<PlannedWay> {
    await this.turns.share();
    const { prepared } = call;
    const window = this.ways.windowOf(batch);
    const ways = this.ways.of(prepared.model, prepared.call.caller.teamId);
    const inBatch = isLongEnoughForBatch(window) ? await this.defer(call) : undefined;
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

  /** Undefined where the vendor takes no such call in a batch, or what is not stored of it costs less as a live call. */
  private async defer({ prepared, hits }: PlannedCall): Promise<DeferredCall | undefined> {
    if (!mayDefer(prepared)) return undefined;
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

  private async prepare(line: StoredLine, caller: Caller): Promise<PreparedCall | undefined> {
    try {
      return this.calls.prepare(await this.lineCalls.callOf(line, newRequestId(), caller, NEVER));
    } catch {
      return undefined;
    }
  }
}

function mayDefer({ call, controls }: PreparedCall): boolean {
  return !controls.onlyIfCached && isUsualTier(call.request.serviceTier);
}

/** What equal lines have in common. The slot of a call with parts says nothing of the form in which they are written. */
function questionOf({ controls, parts, slot }: PreparedCall, { body }: StoredLine): string | undefined {
  if (!controls.read || !controls.write) return undefined;
  if (!parts) return slot.key;
  // A large body is not in memory.
  if (body === null) return undefined;
  const hash = createHash('sha256');
  for (const piece of typeof body === 'string' ? [body] : body) hash.update(piece);
  return `${slot.key} ${hash.digest('base64')}`;
}
