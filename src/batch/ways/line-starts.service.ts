import { Injectable } from '@nestjs/common';
import { FLEX } from '@thriftgate/providers';
import type { Call } from '../../calls/call';
import { wholeHit } from '../../calls/call-parts';
import { CallsService } from '../../calls/calls.service';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import type { GatewayError } from '../../common/errors';
import { RedisThrottlerStore } from '../../limits/redis-throttler.store';
import { WINDOW_MS } from '../../limits/sliding-window';
import { ModelRegistry } from '../../models/model-registry.service';
import type { ClaimedLine, PutOff } from '../lines/line-result';
import { isUsualTier } from './usual-tier';
import { LineWays } from './line-ways.service';
import { chooseWay, lastSafeMs } from './way';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Of a key's requests per minute, lines leave a quarter to calls. */
const LINES_SHARE = 0.75;
/** How often lines that wait for the limit of their key are looked at again: it may be raised. */
const KEY_RETRY_MS = 15_000;
/** Lines that are remembered; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** How a line is called now. */
export interface LineStart {
  call: Call;
  /** Whether it costs the full price because no cheaper way had run it near the end of the window. */
  escalated: boolean;
}

/** When and how single lines run that no vendor's batch runs. */
@Injectable()
export class LineStarts {
  /** How often a flex tier had no room for a line, by line. */
  private readonly shed = new Map<string, number>();
  /** Lines that count against their key's limit and have not reached an upstream since. */
  private readonly counted = new Set<string>();

  constructor(
    private readonly ways: LineWays,
    private readonly models: ModelRegistry,
    private readonly calls: CallsService,
    private readonly limits: RedisThrottlerStore,
    private readonly clock: Clock,
  ) {}

  /** @returns the call to make, or when to look again */
  async start(line: ClaimedLine, call: Call): Promise<LineStart | PutOff> {
    const model = this.models.resolveSent(call.request.model);
    const ways = model && isUsualTier(call.request.serviceTier) ? this.ways.of(model, call.caller.teamId) : undefined;
    const start = { call, escalated: false };
    if (!ways) return (await this.waitOfKey(line, call.caller)) ?? start;
    const window = this.ways.windowOf(line);
    const { way, fromMs } = chooseWay(window, ways.prices);
    if (way === 'off_peak' && !(await this.isStored(call))) return { notBefore: new Date(fromMs), forBatch: false };
    const wait = await this.waitOfKey(line, call.caller);
    if (wait) return wait;
    if (way === 'flex')
      return {
        call: inFlexTier(
          call,
          ways.flexDeployments.map(({ id }) => id),
        ),
        escalated: false,
      };
    return { call, escalated: ways.prices.flex !== undefined && window.nowMs >= lastSafeMs(window) };
  }

  /**
   * What follows after a flex tier did not answer: it had no room, which costs nothing, or the vendor does not take the tier.
   *
   * @returns how long to wait, in milliseconds; undefined where the failure is that of any call
   */
  afterFlex(line: ClaimedLine, { only }: Call, error: GatewayError): number | undefined {
    if (!only) return undefined;
    if (refusesTier(error)) {
      this.ways.refusedTier(only);
      return 0;
    }
    if (!hasNoRoom(error)) return undefined;
    const name = nameOf(line);
    const times = this.shed.get(name) ?? 0;
    remember(this.shed, name, times + 1);
    const backoffMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
    const askedMs = (error.retryAfterSeconds ?? 0) * 1_000;
    const untilSafeMs = lastSafeMs(this.ways.windowOf(line)) - this.clock.now();
    return Math.max(0, Math.min(Math.max(backoffMs, askedMs), untilSafeMs));
  }

  /** A line that reached an upstream, or has ended, counts anew the next time. */
  reached(line: ClaimedLine): void {
    this.counted.delete(nameOf(line));
  }

  ended(line: ClaimedLine): void {
    this.reached(line);
    this.shed.delete(nameOf(line));
  }

  /** Counts a line as a request of its key, where the key says so; lines wait for what calls leave. */
  private async waitOfKey(line: ClaimedLine, caller: Caller): Promise<PutOff | undefined> {
    const { keyId, rpmLimit, batchLinesCount } = caller;
    const name = nameOf(line);
    if (!batchLinesCount || rpmLimit === null || this.counted.has(name)) return undefined;
    const limit = Math.max(1, Math.floor(rpmLimit * LINES_SHARE));
    const { isBlocked, timeToBlockExpire } = await this.limits.increment(keyId, WINDOW_MS, limit);
    const waitMs = Math.min(timeToBlockExpire * 1_000, KEY_RETRY_MS);
    if (isBlocked) return { notBefore: new Date(this.clock.now() + waitMs), forBatch: true };
    if (this.counted.size >= MAX_REMEMBERED) this.counted.clear();
    this.counted.add(name);
    return undefined;
  }

  /** A stored answer costs the same at all hours. */
  private async isStored(call: Call): Promise<boolean> {
    try {
      const prepared = this.calls.prepare(call);
      const [hits = []] = await this.calls.stored([prepared]);
      return wholeHit(prepared, hits) !== undefined;
    } catch {
      // The call has an error, whatever the hour.
      return true;
    }
  }
}

function inFlexTier(call: Call, deploymentIds: readonly string[]): Call {
  return {
    ...call,
    body: { ...call.body, service_tier: FLEX },
    request: { ...call.request, serviceTier: FLEX },
    only: new Set(deploymentIds),
  };
}

/** @see https://developers.openai.com/api/docs/guides/flex-processing 429 `resource_unavailable`, not charged */
function hasNoRoom({ status, facts }: GatewayError): boolean {
  return (status === 429 || facts.upstreamStatus === 503) && facts.charged !== true;
}

/** Whether the vendor does not take the tier for this model: nothing was run. */
function refusesTier({ status, param, message, facts }: GatewayError): boolean {
  return status === 400 && facts.charged !== true && /service.?tier|\bflex\b/i.test(`${param ?? ''} ${message}`);
}

function nameOf({ batchId, lineNo }: ClaimedLine): string {
  return `${batchId}:${lineNo}`;
}

function remember(map: Map<string, number>, name: string, value: number): void {
  map.set(name, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
