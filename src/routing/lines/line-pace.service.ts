import { Injectable } from '@nestjs/common';
import { namesAllowance, type RateAllowances, readRateAllowances, type UpstreamResponse } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { Deployment } from '../../models/model';
import type { Credential } from '../../providers/provider';
import { lineWaitMs } from './line-allowance';

/** The pause of lines after a 429 that names none. */
const PAUSE_MS = 1_000;

type Headers = UpstreamResponse['headers'];

/** What is known of a deployment with one credential. */
interface Lane {
  /** Of the newest response that names an allowance; read only where a line asks. */
  headers: Headers;
  /** Milliseconds since 1970: vendors name times of the day. */
  receivedAtMs: number;
  /** The same moment by `performance.now()`. */
  notedAtMs: number;
  read: RateAllowances | undefined;
  /** Lines that began since. */
  started: number;
  /** Until when lines wait because the vendor has refused one; a moment of `performance.now()`. */
  pausedUntilMs: number;
}

/**
 * When lines of batches may start at a deployment: within what the vendor's rate-limit headers leave, and after the pause for which
 * it asks. Live calls are not held back.
 */
@Injectable()
export class LinePace {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly clock: Clock) {}

  /** Notes the headers of a response, of any call. */
  noteResponse(deployment: Deployment, credential: Credential, headers: Headers): void {
    if (!namesAllowance(headers)) return;
    const lane = this.of(deployment, credential);
    lane.headers = headers;
    lane.receivedAtMs = this.clock.now();
    lane.notedAtMs = performance.now();
    lane.read = undefined;
    lane.started = 0;
  }

  /** Notes that a vendor has refused a line with 429. @param askedMs the pause that it asks for */
  refused(deployment: Deployment, credential: Credential, askedMs = PAUSE_MS): void {
    this.of(deployment, credential).pausedUntilMs = performance.now() + askedMs;
  }

  /** Counts a line that begins. */
  started(deployment: Deployment, credential: Credential): void {
    this.of(deployment, credential).started += 1;
  }

  /** How long until a line may begin, in milliseconds; 0: now. */
  waitMs(deployment: Deployment, credential: Credential): number {
    const lane = this.of(deployment, credential);
    const nowMs = performance.now();
    lane.read ??= readRateAllowances(lane.headers, lane.receivedAtMs);
    const { requests, tokens } = lane.read;
    const passedMs = nowMs - lane.notedAtMs;
    return Math.max(
      lane.pausedUntilMs - nowMs,
      requests ? lineWaitMs(requests, passedMs, lane.started) : 0,
      tokens ? lineWaitMs(tokens, passedMs, 0) : 0,
      0,
    );
  }

  private of({ id }: Deployment, { id: key }: Credential): Lane {
    const name = key === null ? id : `${id} with key ${key}`;
    const known = this.lanes.get(name);
    if (known) return known;
    const lane = { headers: {}, receivedAtMs: 0, notedAtMs: 0, read: undefined, started: 0, pausedUntilMs: 0 };
    this.lanes.set(name, lane);
    return lane;
  }
}
