import type { FailureKind } from '../failure-kind';
import { SlidingCount } from '../sliding-count';

/** It opens after so many failures in a row, */
const FAILURES_IN_A_ROW = 5;
/** or where this share of at least so many attempts has failed, within ten seconds. */
const FAILED_SHARE = 0.5;
const LEAST_ATTEMPTS = 10;
const BUCKET_MS = 1_000;
const BUCKETS = 10;
/** A probe that has no end after so long does not keep the next one back. */
const LONGEST_PROBE_MS = 5_000;
/** After so many complete answers a deployment that was away counts as steady: one failure opens the breaker until then. */
const TRIAL_ANSWERS = 5;
/** Openings that are so far apart have nothing to do with each other. */
const STEADY_MS = 30_000;
/** The longest pause that an upstream may ask for. */
const LONGEST_PAUSE_MS = 10 * 60_000;

/** A pause that is longer by less is no news. */
const NEWS_MS = 1_000;

/** Why a deployment gets no calls. */
export type OpenReason = Exclude<FailureKind, 'request'>;

/** How long a breaker stays open the first time, and at most: twice as long each time. */
const OPEN_MS: Record<Exclude<OpenReason, 'rate_limit'>, { first: number; most: number }> = {
  failing: { first: 1_000, most: 10_000 },
  credential: { first: 60_000, most: 600_000 },
  forbidden: { first: 60_000, most: 600_000 },
  model_gone: { first: 60_000, most: 600_000 },
};

/** The time without calls. */
export interface Opening {
  reason: OpenReason;
  /** When a call may probe, in milliseconds of the monotonic clock. */
  untilMs: number;
}

/**
 * Decides whether a deployment gets calls, from how its attempts end. It opens when they fail; after a time one call at a time
 * may probe (half-open), and the first answer closes it. Pure: the time is passed in.
 */
export class Breaker {
  private open: Opening | undefined;
  private probeSinceMs: number | undefined;
  private inARow = 0;
  private openings = 0;
  private closedAtMs = -Infinity;
  private trialAnswers = 0;
  private readonly answers = new SlidingCount(BUCKET_MS, BUCKETS);
  private readonly failures = new SlidingCount(BUCKET_MS, BUCKETS);

  /** @param random gives numbers in [0, 1): replicas probe at different times */
  constructor(private readonly random: () => number) {}

  get opening(): Readonly<Opening> | undefined {
    return this.open;
  }

  /** Whether a call may go to the deployment: as usual, or as a probe. */
  isAvailable(nowMs: number): boolean {
    return !this.open || this.mayProbe(nowMs);
  }

  /** An attempt begins. @returns whether it is a probe */
  begin(nowMs: number): boolean {
    if (!this.mayProbe(nowMs)) return false;
    this.probeSinceMs = nowMs;
    return true;
  }

  /** The upstream has answered, or the first content of a stream is here. @returns whether that closed the breaker */
  answered(nowMs: number): boolean {
    this.answers.add(nowMs);
    if (!this.open) return false;
    this.close(nowMs, this.open.reason === 'failing');
    return true;
  }

  /** An answer was complete. */
  completed(): void {
    this.inARow = 0;
    if (this.trialAnswers > 0) this.trialAnswers -= 1;
  }

  /** A stream broke off after its first content: it was no answer after all. */
  brokeOff(nowMs: number): Opening | undefined {
    this.answers.add(nowMs, -1);
    return this.failed('failing', false, nowMs, undefined);
  }

  /**
   * An attempt failed.
   *
   * @param isProbe what {@link begin} said
   * @param askedMs how long the upstream asks to be left alone
   * @returns the new opening; undefined where nothing changes
   */
  failed(
    reason: OpenReason,
    isProbe: boolean,
    nowMs: number,
    askedMs: number | undefined,
  ): Readonly<Opening> | undefined {
    if (isProbe) this.probeSinceMs = undefined;
    if (reason === 'rate_limit' && askedMs !== undefined) return this.pause(askedMs, nowMs);
    const counted = reason === 'rate_limit' ? 'failing' : reason;
    this.failures.add(nowMs);
    this.inARow += 1;
    // What was on its way when the breaker opened says nothing new.
    if (this.open && !isProbe) return undefined;
    if (!isProbe && counted === 'failing' && !this.failsTooOften(nowMs)) return undefined;
    if (nowMs - this.closedAtMs > STEADY_MS && !this.open) this.openings = 0;
    const { first, most } = OPEN_MS[counted];
    const longest = Math.min(first * 2 ** this.openings, most);
    this.openings += 1;
    return this.openFor(counted, longest * (0.75 + 0.25 * this.random()), nowMs);
  }

  /** An attempt ended without an answer of the upstream: its caller has disconnected, or a budget had no room. */
  ended(isProbe: boolean): void {
    if (isProbe) this.probeSinceMs = undefined;
  }

  /** Another replica's breaker has opened. Ignored where this one's own attempts say otherwise. */
  openElsewhere(reason: OpenReason, forMs: number, nowMs: number): void {
    const failed = this.failures.sum(nowMs);
    const answered = this.answers.sum(nowMs);
    const isWellHere = reason === 'failing' && answered >= FAILURES_IN_A_ROW && failed < answered;
    if (this.open || isWellHere) return;
    this.openFor(reason, Math.min(forMs, LONGEST_PAUSE_MS), nowMs);
  }

  /** A probe of another replica was answered. */
  closedElsewhere(nowMs: number): void {
    if (this.open) this.close(nowMs, true);
  }

  private mayProbe(nowMs: number): boolean {
    if (!this.open || nowMs < this.open.untilMs) return false;
    return this.probeSinceMs === undefined || nowMs - this.probeSinceMs >= LONGEST_PROBE_MS;
  }

  private failsTooOften(nowMs: number): boolean {
    if (this.trialAnswers > 0 || this.inARow >= FAILURES_IN_A_ROW) return true;
    const failed = this.failures.sum(nowMs);
    const attempts = failed + this.answers.sum(nowMs);
    return attempts >= LEAST_ATTEMPTS && failed >= attempts * FAILED_SHARE;
  }

  /** A pause that the upstream asks for. The longest one counts; calls that were on their way often ask for a little more. */
  private pause(askedMs: number, nowMs: number): Opening | undefined {
    const untilMs = nowMs + Math.min(askedMs, LONGEST_PAUSE_MS);
    if (this.open && this.open.untilMs >= untilMs) return undefined;
    if (this.open?.reason === 'rate_limit' && untilMs - this.open.untilMs < NEWS_MS) {
      this.open.untilMs = untilMs;
      return undefined;
    }
    return this.openFor('rate_limit', untilMs - nowMs, nowMs);
  }

  private openFor(reason: OpenReason, ms: number, nowMs: number): Opening {
    this.open = { reason, untilMs: nowMs + ms };
    this.probeSinceMs = undefined;
    return this.open;
  }

  private close(nowMs: number, onTrial: boolean): void {
    this.open = undefined;
    this.probeSinceMs = undefined;
    this.closedAtMs = nowMs;
    this.inARow = 0;
    this.trialAnswers = onTrial ? TRIAL_ANSWERS : 0;
    this.failures.clear();
    this.answers.clear();
  }
}
