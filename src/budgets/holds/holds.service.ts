import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { GatewayError } from '../../common/errors';
import type { PicoUsd } from '../../common/money';
import { Database } from '../../database/database.connection';
import { Journal } from '../../ledger/journal/journal.service';
import { InstancesService } from '../../ledger/owners/instances.service';
import type { Budget } from '../budget';
import { BudgetExceededError } from './budget-exceeded';
import { windowAt } from '../window';
import { BudgetWindow, windowKey } from './budget-window';
import { Hold } from './hold';
import { leasesUnavailable, RETRY_MS, mayBeFreed, MAX_WAIT_MS, requireKnownPrice } from './hold-rules';
import { LeasesRepository } from '../../ledger/leases/leases.repository';
import type { Slice } from './slice';

const RETURN_EVERY_MS = 500;
/** An instance leases for this many calls at once, but at most 1/{@link SHARE_OF_LIMIT} of the limit. */
const CALLS_PER_LEASE = 32n;
const SHARE_OF_LIMIT = 20n;
/** The length of a database outage that leased slices should cover. */
const OUTAGE_SECONDS = 15n;
/** How long a slice stays leased without use, so that rare calls also survive an outage. It ends earlier if another owner needs it. */
const IDLE_MS = Number(OUTAGE_SECONDS) * 1000;
/** More is leased when the slice has room for fewer calls than this. */
const CALLS_AHEAD = 4n;

/**
 * Holds the worst-case cost of each attempt of this instance before it is sent. An instance leases slices of a budget window from
 * the database ahead of need, and holds from them in memory, so that all instances together never spend more than the limit.
 */
@Injectable()
export class HoldsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(HoldsService.name);
  private readonly windows = new Map<string, BudgetWindow>();
  /** Windows that are over but still have a hold, free money or an unconfirmed lease. */
  private past: BudgetWindow[] = [];
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private returning: Promise<void> = Promise.resolve();

  constructor(
    private readonly leases: LeasesRepository,
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly instances: InstancesService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.returning = this.returning
        .then(() => this.returnUnused(false))
        .catch((error: unknown) => this.onReturnFailed(error));
    }, RETURN_EVERY_MS);
    this.timer.unref();
    this.instances.onDeclaredDead(() => this.closeSlices());
    this.database.beforeClose(async () => {
      clearInterval(this.timer);
      await this.returning;
      await this.returnUnused(true).catch((error: unknown) => this.onReturnFailed(error));
    });
  }

  /**
   * Holds the worst-case cost of an attempt in all budgets, or in none. Waits up to two seconds if money is only reserved, or if
   * a lease is needed and the database does not respond.
   *
   * @param excused id of a budget that may be exceeded; the call still counts against it
   * @throws BudgetExceededError if the hold exceeds a budget
   * @throws GatewayError `model_not_allowed` if a price is unknown, `unavailable` if the database is unavailable
   */
  async take(budgets: readonly Budget[], worstPusd: PicoUsd, priceKnown: boolean, excused?: string): Promise<Hold> {
    requireKnownPrice(budgets, priceKnown);
    const deadline = performance.now() + MAX_WAIT_MS;
    if (this.instances.isForgotten) await this.instances.confirm(MAX_WAIT_MS);
    for (;;) {
      if (this.instances.isForgotten) this.closeSlices();
      const windows = budgets.map((budget) => this.windowOf(budget));
      const short = windows.find((window) => !window.fits(worstPusd) && window.budget.id !== excused);
      if (!short) {
        for (const window of windows) this.leaseAhead(window, worstPusd);
        return new Hold(windows, worstPusd, () => this.wake());
      }
      if (this.instances.isForgotten) throw leasesUnavailable();
      const failure = await this.leaseFor(short, worstPusd);
      if (short.fits(worstPusd)) continue;
      const isOver = performance.now() >= deadline;
      if (failure && isOver) throw failure;
      if (!failure && (isOver || !mayBeFreed(short, worstPusd))) throw new BudgetExceededError(short, worstPusd);
      await this.nextChange();
    }
  }

  /** The sum of this instance's holds in a window. */
  heldPusd(key: string): PicoUsd {
    return this.sliceOf(key)?.held ?? 0n;
  }

  /** What this instance leased in a window and neither spent nor holds. */
  freePusd(key: string): PicoUsd {
    const free = this.sliceOf(key)?.free ?? 0n;
    return free > 0n ? free : 0n;
  }

  private sliceOf(key: string): Slice | undefined {
    return [...this.windows.values(), ...this.past].find((window) => window.key === key)?.slice;
  }

  private windowOf(budget: Budget): BudgetWindow {
    const nowMs = this.clock.now();
    const known = this.windows.get(budget.id);
    if (known && known.budget === budget && known.covers(nowMs)) return known;
    const span = windowAt(budget.window, budget.timezone, nowMs);
    const key = windowKey(budget.id, span.startMs);
    const window = known?.key === key ? known : (this.takePast(key) ?? new BudgetWindow(budget, span));
    window.change(budget, nowMs);
    if (known && known !== window) this.past.push(known);
    if (window !== known && budget.action === 'warn')
      this.query(window, () => this.leases.begin(window)).catch(() => undefined);
    this.windows.set(budget.id, window);
    return window;
  }

  /** Removes a window from `past` that is current again, after the clock or the budget changed back. */
  private takePast(key: string): BudgetWindow | undefined {
    const index = this.past.findIndex((window) => window.key === key);
    return index < 0 ? undefined : this.past.splice(index, 1)[0];
  }

  /** Leases more before it is needed, so that calls do not wait. */
  private leaseAhead(window: BudgetWindow, worstPusd: PicoUsd): void {
    const { querying, budget, state } = window;
    const soonPusd = window.spentIn(OUTAGE_SECONDS, this.clock.now());
    if (querying || window.fits(worstPusd * CALLS_AHEAD + soonPusd)) return;
    // Near the limit nothing more can be leased ahead.
    if (state.spentPusd + state.leasedPusd + worstPusd > budget.limitPusd) return;
    this.query(window, () => this.lease(window, worstPusd)).catch(() => undefined);
  }

  /** Runs one database query at a time for each window; other calls wait for its result. */
  private query(window: BudgetWindow, query: () => Promise<void>): Promise<void> {
    return (window.querying ??= query()
      .catch((error: unknown) => {
        window.inDoubt = true;
        throw error;
      })
      .finally(() => (window.querying = undefined)));
  }

  private async lease(window: BudgetWindow, leastPusd: PicoUsd): Promise<void> {
    const mostPusd = window.budget.limitPusd / SHARE_OF_LIMIT;
    const neededPusd = leastPusd * CALLS_PER_LEASE + 2n * window.spentIn(OUTAGE_SECONDS, this.clock.now());
    const idealPusd = neededPusd < mostPusd ? neededPusd : mostPusd;
    const request = { owner: this.journal.owner, leastPusd, idealPusd };
    const { grantedPusd, ...state } = await this.leases.lease(window, request);
    const nowMs = this.clock.now();
    window.slice.grant(grantedPusd);
    window.slice.touchedAt = nowMs;
    window.state = { ...state, leasedPusd: state.leasedPusd + grantedPusd };
    window.refused = grantedPusd === 0n ? { pusd: leastPusd, at: nowMs } : undefined;
  }

  /** Leases what is missing for a call. @returns the error for the caller if the database is unavailable */
  private async leaseFor(window: BudgetWindow, worstPusd: PicoUsd): Promise<GatewayError | undefined> {
    // A failure of the running query does not affect this lease.
    await window.querying?.catch(() => undefined);
    if (window.fits(worstPusd)) return undefined;
    const leastPusd = worstPusd - window.slice.free;
    const { refused } = window;
    if (refused && leastPusd >= refused.pusd && Math.abs(this.clock.now() - refused.at) < RETRY_MS) return undefined;
    return this.query(window, () => this.lease(window, leastPusd)).then(
      () => undefined,
      (cause: unknown) => leasesUnavailable(cause),
    );
  }

  /** Returns what is unused, at once if another owner needs it, and removes windows that are over. */
  private async returnUnused(everything: boolean): Promise<void> {
    const nowMs = this.clock.now();
    for (const [id, window] of this.windows) {
      if (nowMs < window.endMs) continue;
      this.windows.delete(id);
      this.past.push(window);
    }
    const unused = [...this.past, ...this.windows.values()].filter(({ slice, inDoubt }) => slice.free > 0n || inDoubt);
    if (unused.length > 0) {
      const wanted = everything ? undefined : await this.leases.wanted(MAX_WAIT_MS / 1000);
      for (const window of unused) {
        const idle = Math.abs(nowMs - window.slice.touchedAt) >= IDLE_MS || nowMs >= window.endMs;
        const isFree = everything || idle || wanted?.has(window.key) === true;
        if (isFree || window.inDoubt) await this.returnSlice(window, isFree);
      }
    }
    this.past = this.past.filter(({ slice, inDoubt }) => slice.held > 0n || slice.free > 0n || inDoubt);
  }

  /** @param unused whether what is free is returned too; if not, the lease is only set to what this instance has */
  private async returnSlice(window: BudgetWindow, unused: boolean): Promise<void> {
    if (window.querying) return;
    await this.query(window, async () => {
      if (unused) window.slice.takeUnused();
      await this.leases.keep(window, this.journal.owner, window.slice.granted);
      window.inDoubt = false;
    });
  }

  /** Another instance may have declared this one dead and leased what is free of its slices, so that part is given up. */
  private closeSlices(): void {
    for (const window of [...this.past, ...this.windows.values()]) window.close();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** Waits until a hold of this instance ends, at most `RETRY_MS`, after which another owner may have returned a slice. */
  private async nextChange(): Promise<void> {
    const stop = new AbortController();
    const freed = new Promise<void>((resolve) => this.waiting.push(resolve));
    await Promise.race([freed, delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
  }

  private onReturnFailed(error: unknown): void {
    this.logger.debug({ err: error }, 'unused slices of budgets could not be returned; the next try follows');
  }
}
