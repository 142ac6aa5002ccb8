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
import { leasesAway, LOOK_AGAIN_MS, mayBeFreed, PATIENCE_MS, requireKnownPrice } from './hold-rules';
import { LeasesRepository } from '../../ledger/leases/leases.repository';
import type { Slice } from './slice';

const TEND_EVERY_MS = 500;
/** An instance leases for this many calls at once, and at most this part of the limit. */
const CALLS_PER_LEASE = 32n;
const SHARE_OF_LIMIT = 20n;
/** How long calls go on by what is leased while the database is away. */
const AWAY_SECONDS = 15n;
/** How long a slice is unused before it goes back, unless another owner wants it: also rare calls go on meanwhile. */
const IDLE_MS = Number(AWAY_SECONDS) * 1000;
/** Calls that the slice has room for before more is leased. */
const CALLS_AHEAD = 4n;

/**
 * Holds money for attempts of this instance before they are made. Each instance leases slices of a budget from the database,
 * ahead of need, and holds out of them in memory in one step; so no number of instances together spends more than the limit.
 */
@Injectable()
export class HoldsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(HoldsService.name);
  private readonly windows = new Map<string, BudgetWindow>();
  /** Windows that are over and whose last calls still run. */
  private past: BudgetWindow[] = [];
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private tending: Promise<void> = Promise.resolve();

  constructor(
    private readonly leases: LeasesRepository,
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly instances: InstancesService,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.tending = this.tending.then(() => this.tend(false)).catch((error: unknown) => this.onAway(error));
    }, TEND_EVERY_MS);
    this.timer.unref();
    this.instances.onDeclaredDead(() => this.closeSlices());
    this.database.beforeClose(async () => {
      clearInterval(this.timer);
      await this.tending;
      await this.tend(true).catch((error: unknown) => this.onAway(error));
    });
  }

  /**
   * Holds the worst cost of an attempt in all budgets, or in none. Waits up to two seconds where money is only reserved, or more
   * would have to be leased and the database does not answer.
   *
   * @param excused a budget that is over its limit and counts without stopping the call
   * @throws BudgetExceededError when a budget has no room
   * @throws GatewayError `unavailable` when the database is away
   */
  async take(budgets: readonly Budget[], worstPusd: PicoUsd, priceKnown: boolean, excused?: string): Promise<Hold> {
    requireKnownPrice(budgets, priceKnown);
    const deadline = this.clock.now() + PATIENCE_MS;
    for (;;) {
      if (this.instances.isForgotten) this.closeSlices();
      const windows = budgets.map((budget) => this.windowOf(budget));
      const short = windows.find((window) => !window.fits(worstPusd) && window.budget.id !== excused);
      if (!short) {
        for (const window of windows) this.leaseAhead(window, worstPusd);
        return new Hold(windows, worstPusd, () => this.wake());
      }
      if (this.instances.isForgotten) throw leasesAway();
      const failure = await this.leaseFor(short, worstPusd);
      if (short.fits(worstPusd)) continue;
      const isOver = this.clock.now() >= deadline;
      if (failure && isOver) throw failure;
      if (!failure && (isOver || !mayBeFreed(short, worstPusd))) throw new BudgetExceededError(short, worstPusd);
      await this.nextChange();
    }
  }

  /** What is held in this instance now, by the window's key. */
  heldPusd(key: string): PicoUsd {
    return this.sliceOf(key)?.held ?? 0n;
  }

  /** What this instance leased and neither spent nor holds, by the window's key. */
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
      this.ask(window, () => this.leases.begin(window)).catch(() => undefined);
    this.windows.set(budget.id, window);
    return window;
  }

  /** A window that was over, or whose budget was another one, and is the right one again. */
  private takePast(key: string): BudgetWindow | undefined {
    const index = this.past.findIndex((window) => window.key === key);
    return index < 0 ? undefined : this.past.splice(index, 1)[0];
  }

  /** Leases more before it is needed, so that calls do not wait for it. */
  private leaseAhead(window: BudgetWindow, worstPusd: PicoUsd): void {
    const { asking, budget, state } = window;
    const soonPusd = window.spentIn(AWAY_SECONDS, this.clock.now());
    if (asking || window.fits(worstPusd * CALLS_AHEAD + soonPusd)) return;
    // Near the end there is no more to be had ahead.
    if (state.spentPusd + state.leasedPusd + worstPusd > budget.limitPusd) return;
    this.ask(window, () => this.lease(window, worstPusd)).catch(() => undefined);
  }

  /** One question at a time for each window; calls that come meanwhile wait for its answer. */
  private ask(window: BudgetWindow, question: () => Promise<void>): Promise<void> {
    return (window.asking ??= question()
      .catch((error: unknown) => {
        window.inDoubt = true;
        throw error;
      })
      .finally(() => (window.asking = undefined)));
  }

  private async lease(window: BudgetWindow, leastPusd: PicoUsd): Promise<void> {
    const most = window.budget.limitPusd / SHARE_OF_LIMIT;
    const wished = leastPusd * CALLS_PER_LEASE + 2n * window.spentIn(AWAY_SECONDS, this.clock.now());
    const idealPusd = wished < most ? wished : most;
    const wish = { owner: this.journal.owner, leastPusd, idealPusd };
    const { grantedPusd, ...state } = await this.leases.lease(window, wish);
    const nowMs = this.clock.now();
    window.slice.grant(grantedPusd);
    window.slice.touchedAt = nowMs;
    window.state = { ...state, leasedPusd: state.leasedPusd + grantedPusd };
    window.refused = grantedPusd === 0n ? { pusd: leastPusd, at: nowMs } : undefined;
  }

  /** Leases what is missing for a call. @returns the error for the caller where the database is away */
  private async leaseFor(window: BudgetWindow, worstPusd: PicoUsd): Promise<GatewayError | undefined> {
    // Another question than this one's may fail without harm to it.
    await window.asking?.catch(() => undefined);
    if (window.fits(worstPusd)) return undefined;
    const leastPusd = worstPusd - window.slice.free;
    const { refused } = window;
    if (refused && leastPusd >= refused.pusd && this.clock.now() - refused.at < LOOK_AGAIN_MS) return undefined;
    return this.ask(window, () => this.lease(window, leastPusd)).then(
      () => undefined,
      (cause: unknown) => leasesAway(cause),
    );
  }

  /** Gives back what is unused, at once where another owner wants it, and forgets windows that are over. */
  private async tend(everything: boolean): Promise<void> {
    const nowMs = this.clock.now();
    for (const [id, window] of this.windows) {
      if (nowMs < window.endMs) continue;
      this.windows.delete(id);
      this.past.push(window);
    }
    const unused = [...this.past, ...this.windows.values()].filter(({ slice, inDoubt }) => slice.free > 0n || inDoubt);
    if (unused.length > 0) {
      const wanted = everything ? undefined : await this.leases.wanted(PATIENCE_MS / 1000);
      for (const window of unused) {
        const idle = nowMs - window.slice.touchedAt >= IDLE_MS || nowMs >= window.endMs;
        const isFree = everything || idle || wanted?.has(window.key) === true;
        if (isFree || window.inDoubt) await this.giveBack(window, isFree);
      }
    }
    this.past = this.past.filter(({ slice, inDoubt }) => slice.held > 0n || slice.free > 0n || inDoubt);
  }

  /** @param unused whether what is free goes back too; else the lease is only set to what this instance has */
  private async giveBack(window: BudgetWindow, unused: boolean): Promise<void> {
    if (window.asking) return;
    await this.ask(window, async () => {
      if (unused) window.slice.takeUnused();
      await this.leases.keep(window, this.journal.owner, window.slice.granted);
      window.inDoubt = false;
    });
  }

  /** When others take this instance for dead they may lease what is free of its slices, so it spends no more of that. */
  private closeSlices(): void {
    for (const window of [...this.past, ...this.windows.values()]) window.close();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const wake of waiting) wake();
  }

  /** Until a hold of this instance ends, or another owner may have given something back. */
  private async nextChange(): Promise<void> {
    const stop = new AbortController();
    const freed = new Promise<void>((resolve) => this.waiting.push(resolve));
    await Promise.race([freed, delay(LOOK_AGAIN_MS, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
  }

  private onAway(error: unknown): void {
    this.logger.debug({ err: error }, 'unused money of budgets could not be given back; it is tried again');
  }
}
