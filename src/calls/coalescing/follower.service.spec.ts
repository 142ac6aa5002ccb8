import { GatewayError } from '../../common/errors';
import { FakeSignal } from '../testing/fake-signal';
import { Flight } from '../../single-flight/flight';
import type { FlightResult } from '../../single-flight/flight-result';
import { aSharedAnswer, readToEnd, ScriptedSource, sse, USAGE, USAGE_PUSD, USAGE_TOKENS } from '../testing/answers';
import { aCall, aPreparedCall } from '../testing/builders';
import { CallLedger } from '../testing/call-ledger';
import { FakeClock } from '../testing/fake-clock';
import { ReplayService } from '../responses/replay.service';
import { FollowerService } from './follower.service';

const ANSWER = aSharedAnswer();
const ORIGIN = { provider: 'openai', upstreamModel: 'gpt-4.1-2026' };
const USAGE_CHUNK = JSON.stringify({ id: 'c', choices: [], usage: USAGE });
const WHOLE: FlightResult = { kind: 'done', last: '', usageChunk: undefined, answer: ANSWER };
const STREAMED: FlightResult = { kind: 'done', last: sse.stop(), usageChunk: USAGE_CHUNK, answer: ANSWER };
const BROKEN: FlightResult = {
  kind: 'broken',
  last: sse.content('z'),
  error: new GatewayError('upstream_error', { message: 'cut' }),
  code: 'upstream_stream_cut',
};
const SAVED = { state: 'settled', status: 200, costPusd: 0n, listCostPusd: USAGE_PUSD, savedBy: 'coalesced' };

function setUp() {
  const ledger = new CallLedger();
  const clock = new FakeClock();
  const followers = new FollowerService(ledger.asService(), new ReplayService(clock), clock);
  const flight = new Flight('q', () => undefined);
  const client = new FakeSignal();
  const follow = (body: object = {}) => {
    const prepared = aPreparedCall(aCall({ ...body }, { signal: client, startedAt: clock.nowMs }));
    return followers.respond(prepared, flight, flight.subscribe(client));
  };
  /** The flight brings these texts and this result. */
  const bring = (texts: string[], result: FlightResult) => {
    const [first = '', ...rest] = texts;
    flight.feed(ORIGIN, first, new ScriptedSource(rest, result));
  };
  return { ledger, clock, followers, flight, client, follow, bring };
}

const asStream = (response: Awaited<ReturnType<FollowerService['respond']>>) => {
  if (response.kind !== 'stream') throw new Error(`not a stream but ${response.kind}`);
  return response;
};

describe('a call that waits for the answer to an equal one', () => {
  it('gets the whole answer at no cost, and is recorded', async () => {
    const { ledger, clock, flight, follow } = setUp();
    const response = follow();
    clock.nowMs += 40;
    flight.finish(WHOLE);
    const settlement = { cacheStatus: 'COALESCED', listCostPusd: USAGE_PUSD, costPusd: 0n, savedPusd: USAGE_PUSD };
    expect(await response).toMatchObject({
      kind: 'json',
      settlement,
      headers: { 'x-cache-status': 'COALESCED', 'x-gateway-provider': 'openai', 'x-gateway-attempts': '0' },
    });
    expect(ledger.recorded).toMatchObject([
      {
        intent: { cache_status: 'COALESCED', attempt: 1, provider: 'openai', question: null, charged: null },
        outcome: { ...SAVED, usage: USAGE_TOKENS, latencyMs: 40, ttftMs: null },
      },
    ]);
  });

  it('gets the same bytes as all others, marked as cached', async () => {
    const { flight, follow } = setUp();
    const both = Promise.all([follow(), follow()]);
    flight.finish(WHOLE);
    const [one, other] = await both;
    if (one.kind !== 'json' || other.kind !== 'json') throw new Error('not whole');
    expect(JSON.parse(one.body.toString())).toMatchObject({ cached: true, choices: [{ finish_reason: 'stop' }] });
    expect(one.body).toBe(other.body);
  });

  it('gets a whole answer of a stream where it does not stream', async () => {
    const { bring, follow } = setUp();
    const response = follow();
    bring([sse.content('a'), sse.content('b')], STREAMED);
    expect(await response).toMatchObject({ kind: 'json', settlement: { costPusd: 0n } });
  });

  it('gets a stream from its beginning, with its own cost in the usage that it wants', async () => {
    const { ledger, clock, bring, follow } = setUp();
    const response = follow({ stream: true, stream_options: { include_usage: true } });
    clock.nowMs += 15;
    bring([sse.content('a'), sse.content('b')], STREAMED);
    const { first, rest, headers } = asStream(await response);
    clock.nowMs += 10;
    const { text, end } = await readToEnd(rest);
    expect(headers).toMatchObject({ 'x-cache-status': 'COALESCED', 'x-gateway-model': 'gpt-4.1-2026' });
    expect(headers).not.toHaveProperty('x-gateway-cost-usd');
    expect(first + text).toBe(sse.content('a') + sse.content('b'));
    expect(end).toContain('"cost_usd":"0"');
    expect(ledger.recorded.map(({ outcome }) => outcome)).toMatchObject([{ ...SAVED, ttftMs: 15, latencyMs: 25 }]);
  });

  it('gets a stream that came in one piece', async () => {
    const { ledger, bring, follow } = setUp();
    const response = follow({ stream: true });
    bring([], STREAMED);
    const { first, rest } = asStream(await response);
    expect(first).toBe(sse.stop() + sse.done());
    expect(await readToEnd(rest)).toEqual({ text: '', end: '' });
    expect(ledger.recorded.map(({ outcome }) => outcome)).toMatchObject([SAVED]);
  });

  it('gets a stream made of a whole answer', async () => {
    const { ledger, flight, follow } = setUp();
    const response = follow({ stream: true });
    flight.finish(WHOLE);
    const { first, rest } = asStream(await response);
    const { text, end } = await readToEnd(rest);
    expect(first + text + (end ?? '')).toContain('"content":"Hi"');
    expect(ledger.recorded).toHaveLength(1);
  });

  it.each([
    ['upstream', { kind: 'failed', error: new GatewayError('upstream_error'), of: 'upstream' }],
    ['leader', { kind: 'failed', error: new GatewayError('budget_exceeded'), of: 'leader' }],
    ['lost', { kind: 'failed', error: undefined, of: 'lost' }],
    ['upstream', BROKEN],
    ['lost', { ...WHOLE, answer: aSharedAnswer({ body: Buffer.alloc(0) }) }],
  ] as [string, FlightResult][])('hears of a failure before any text, %s, and is not recorded', async (of, result) => {
    for (const stream of [false, true]) {
      const { ledger, flight, follow } = setUp();
      const response = follow({ stream });
      flight.finish(result);
      expect(await response).toMatchObject({ kind: 'failed', of });
      expect(ledger.recorded).toEqual([]);
    }
  });

  it('gets the error of a stream that broke off under it, which is recorded as failed', async () => {
    const { ledger, bring, follow } = setUp();
    const response = follow({ stream: true });
    bring([sse.content('a')], BROKEN);
    const { rest } = asStream(await response);
    expect((await readToEnd(rest)).end).toContain('"message":"cut"');
    expect(ledger.recorded.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'failed', status: 502, errorCode: 'upstream_stream_cut', costPusd: 0n, listCostPusd: 0n, savedBy: null },
    ]);
  });

  it('is recorded once where its client disconnects before the answer', async () => {
    const { ledger, client, flight, follow } = setUp();
    const response = follow();
    client.abort();
    await expect(response).rejects.toThrow('The request was cancelled.');
    expect(flight.signal.aborted).toBe(true);
    expect(ledger.recorded).toMatchObject([
      {
        intent: { provider: '', upstream_model: 'gpt-4.1' },
        outcome: { status: 499, errorCode: 'client_closed_request' },
      },
    ]);
  });

  it('is recorded once where its client disconnects within the stream', async () => {
    const { ledger, client, flight, follow, bring } = setUp();
    const response = follow({ stream: true });
    const leader = flight.subscribe(undefined);
    bring([sse.content('a'), sse.content('b')], STREAMED);
    const { rest } = asStream(await response);
    client.abort();
    await readToEnd(rest);
    await rest.return();
    expect(ledger.recorded.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'failed', status: 499, costPusd: 0n },
    ]);
    expect([flight.signal.aborted, leader.hasLeft]).toEqual([false, false]);
  });

  it('gives no answer that the journal does not take', async () => {
    for (const stream of [false, true]) {
      const { ledger, flight, follow } = setUp();
      ledger.refuses = true;
      const response = follow({ stream });
      flight.finish(WHOLE);
      await expect(response).rejects.toMatchObject({ code: 'unavailable' });
    }
  });

  it.each([
    [new GatewayError('upstream_error', { upstream: { status: 429, type: 't', code: 'c' } }), 429, 'c'],
    [new GatewayError('unavailable'), 503, 'unavailable'],
    [new TypeError('bug'), 500, 'internal_error'],
  ])('is recorded with the failure that it passes on: %s', async (error, status, errorCode) => {
    const { ledger, followers, flight } = setUp();
    await followers.recordFailure(aPreparedCall(), flight, error);
    expect(ledger.recorded.map(({ outcome }) => outcome)).toMatchObject([{ state: 'failed', status, errorCode }]);
  });
});
