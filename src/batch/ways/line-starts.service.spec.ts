import { aCall, aDeployment, aModel, aPrice, CALLER } from '../../calls/testing/builders';
import { FakeClock } from '../../calls/testing/fake-clock';
import type { CallsService } from '../../calls/calls.service';
import type { GatewayConfig } from '../../config/gateway-config';
import { GatewayError } from '../../common/errors';
import { MemoryThrottlerStore } from '../../limits/memory-throttler.store';
import type { RedisThrottlerStore } from '../../limits/redis-throttler.store';
import type { ModelRegistry } from '../../models/model-registry.service';
import type { Price } from '../../pricing/price';
import type { PriceBook } from '../../pricing/price-book.service';
import { multiplied } from '../../pricing/price';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import type { ClaimedLine } from '../lines/line-result';
import { type LineStart, LineStarts } from './line-starts.service';
import { LineWays } from './line-ways.service';
import { lastSafeMs } from './way';

/** A Monday. */
const NOW = Date.UTC(2026, 10, 30, 2);
const HOUR_MS = 3_600_000;
const HALF: Price = multiplied(aPrice(), 500_000n, null);
const WITH_FLEX = aPrice({ serviceTiers: { flex: HALF } });
const OFF_PEAK = { windows: [{ fromMinute: 240, toMinute: 360, weekdays: [1] }], rates: HALF };

function setUp({ price = WITH_FLEX, hasFlex = true, isStored = false } = {}) {
  const clock = new FakeClock(NOW);
  const isOff = (timeMs: number) => timeMs >= NOW + 2 * HOUR_MS && timeMs < NOW + 4 * HOUR_MS;
  const at = (timeMs: number) => (price.offPeak && isOff(timeMs) ? { ...price, ...price.offPeak.rates } : price);
  const prices = {
    of: (_priced: object, _team: string, timeMs: number) => at(timeMs),
    at: (_priced: object, _team: string, timeMs: number) => at(timeMs),
  } as Partial<PriceBook> as PriceBook;
  const provider = { api: { flex: hasFlex ? { see: '', timeoutMs: 900_000 } : undefined }, simulated: false };
  const providers = { withCredentials: () => [provider] } as unknown as ProviderRegistry;
  const ways = new LineWays(prices, providers, { batch: { concurrency: 16 } } as GatewayConfig, clock);
  const model = aModel({ deployments: [aDeployment()] });
  const calls = {
    prepare: () => ({ call: { endpoint: {} } }),
    stored: async () => [isStored ? [{}] : []],
  } as unknown as CallsService;
  const limits = new MemoryThrottlerStore() as Pick<RedisThrottlerStore, 'increment'> as RedisThrottlerStore;
  const starts = new LineStarts(ways, { resolveSent: () => model } as unknown as ModelRegistry, calls, limits, clock);
  return { clock, starts };
}

function aLine(hours = 1, members: Partial<ClaimedLine> = {}): ClaimedLine {
  return {
    batchId: 'batch_1',
    teamId: 'team_1',
    keyId: 'key_1',
    lineNo: 1,
    customId: 'a',
    endpoint: '/v1/chat/completions',
    body: '{}',
    starts: 1,
    token: 'token',
    madeAt: new Date(NOW),
    expiresAt: new Date(NOW + hours * HOUR_MS),
    batchLines: 10,
    escalate: false,
    ...members,
  };
}

const upstream = (status: number, facts: GatewayError['facts'] = {}, message = 'No.', param: string | null = null) =>
  new GatewayError('upstream_error', { upstream: { status, type: 'x', code: 'x' }, facts, message, param });

describe('LineStarts', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('asks for the flex tier, at the deployments that have it', async () => {
    const { starts } = setUp();
    const { call, escalated } = (await starts.start(aLine(), aCall())) as LineStart;
    expect([call.body.service_tier, call.request.serviceTier, escalated]).toEqual(['flex', 'flex', false]);
    expect([...(call.only ?? [])]).toEqual(['openai/gpt-4.1']);
  });

  it('asks for the full price from the last safe moment on, and says so', async () => {
    const { clock, starts } = setUp();
    const line = aLine();
    clock.nowMs = lastSafeMs({ ...WINDOW, endMs: line.expiresAt.getTime() });
    const { call, escalated } = (await starts.start(line, aCall())) as LineStart;
    expect([call.body.service_tier, call.only, escalated]).toEqual([undefined, undefined, true]);
  });

  it.each([
    ['the vendor has no such tier', { hasFlex: false }, {}],
    ['its price is not listed', { price: aPrice() }, {}],
    ['its price is not lower', { price: aPrice({ serviceTiers: { flex: aPrice() } }) }, {}],
    ['the line asks for a tier of its own', {}, { service_tier: 'priority' }],
  ])('leaves the tier alone where %s', async (_case, setting, body) => {
    const { starts } = setUp(setting);
    const call = aCall(body);
    expect(await starts.start(aLine(), call)).toEqual({ call, escalated: false });
  });

  it('waits longer after each refusal of the tier, and never past the last safe moment', async () => {
    const { clock, starts } = setUp();
    const line = aLine();
    const { call } = (await starts.start(line, aCall())) as LineStart;
    const waits = Array.from({ length: 8 }, () => starts.afterFlex(line, call, upstream(429)) ?? 0);
    expect(waits[0]).toBeLessThanOrEqual(1_000);
    expect(waits[7]).toBeGreaterThanOrEqual(30_000);
    expect(starts.afterFlex(line, call, upstream(502, { upstreamStatus: 503 }))).toBeGreaterThan(0);
    clock.nowMs = lastSafeMs({ ...WINDOW, endMs: line.expiresAt.getTime() }) - 5;
    expect(starts.afterFlex(line, call, upstream(429))).toBe(5);
  });

  it('A19: asks without the tier for an hour where the vendor does not take it', async () => {
    const { clock, starts } = setUp();
    const line = aLine(24);
    const { call } = (await starts.start(line, aCall())) as LineStart;
    expect(starts.afterFlex(line, call, upstream(400, {}, 'Invalid service_tier argument'))).toBe(0);
    expect(((await starts.start(line, aCall())) as LineStart).call.only).toBeUndefined();
    // A clock that is set back makes the hour no longer.
    clock.nowMs -= HOUR_MS;
    jest.advanceTimersByTime(HOUR_MS);
    expect(((await starts.start(line, aCall())) as LineStart).call.only).toBeDefined();
  });

  it('leaves other failures to the runner: of the request, of a server, and those that were charged', async () => {
    const { starts } = setUp();
    const line = aLine();
    const { call } = (await starts.start(line, aCall())) as LineStart;
    for (const error of [upstream(400), upstream(500), upstream(429, { charged: true })])
      expect(starts.afterFlex(line, call, error)).toBeUndefined();
    expect(starts.afterFlex(line, aCall(), upstream(429))).toBeUndefined();
  });

  it('waits for hours that cost less, unless the answer is stored', async () => {
    const price = aPrice({ offPeak: OFF_PEAK });
    const waiting = await setUp({ price }).starts.start(aLine(6), aCall());
    expect(waiting).toEqual({ notBefore: new Date(NOW + 2 * HOUR_MS), forBatch: false });
    expect(await setUp({ price, isStored: true }).starts.start(aLine(6), aCall())).toHaveProperty('call');
    expect(await setUp({ price }).starts.start(aLine(2), aCall())).toHaveProperty('call');
  });

  it('counts lines of a key where it says so, and leaves a quarter of its limit to calls', async () => {
    const { clock, starts } = setUp({ hasFlex: false });
    const caller = { ...CALLER, rpmLimit: 8, batchLinesCount: true };
    const start = (lineNo: number) => starts.start(aLine(1, { lineNo }), aCall({}, { caller }));
    const begun = await Promise.all([1, 2, 3, 4, 5, 6].map(start));
    expect(begun.every((each) => 'call' in each)).toBe(true);
    const seventh = await start(7);
    expect(seventh).toMatchObject({ forBatch: true });
    expect('notBefore' in seventh && seventh.notBefore.getTime()).toBeGreaterThan(clock.nowMs);
    // A line that found no room upstream has been counted.
    expect(await start(6)).toHaveProperty('call');
    starts.reached(aLine(1, { lineNo: 6 }));
    expect(await start(6)).toHaveProperty('notBefore');
  });

  it('counts no lines of other keys', async () => {
    const { starts } = setUp({ hasFlex: false });
    const caller = { ...CALLER, rpmLimit: 1 };
    const begun = await Promise.all(
      [1, 2, 3].map((lineNo) => starts.start(aLine(1, { lineNo }), aCall({}, { caller }))),
    );
    expect(begun.every((each) => 'call' in each)).toBe(true);
  });
});

const WINDOW = { nowMs: NOW, madeAtMs: NOW, endMs: NOW, lines: 10, escalate: false, concurrency: 16 };
