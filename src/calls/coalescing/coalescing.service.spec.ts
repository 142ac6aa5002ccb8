import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import type { CacheHit, ResponseCache } from '../../cache/response-cache.service';
import { GatewayError } from '../../common/errors';
import { FakeSignal } from '../testing/fake-signal';
import { AttemptFailure } from '../../routing/attempt-failure';
import type { PriceBook } from '../../pricing/price-book.service';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import { aProvider } from '../../providers/testing/a-provider';
import { localRouter } from '../../routing/testing/local-router';
import type { FlightResult } from '../../single-flight/flight-result';
import { localSingleFlight } from '../../single-flight/testing/local-single-flight';
import type { AttemptsService } from '../attempts/attempts.service';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { UpstreamResult } from '../attempts/upstream-result';
import type { CallResponse } from '../call';
import { CachedResponseService } from '../responses/cached-response.service';
import { ReplayService } from '../responses/replay.service';
import { aCacheHit, aSharedAnswer, readToEnd, ScriptedSource, sse } from '../testing/answers';
import { aCall, aPreparedCall, aPrice, budgetExceeded } from '../testing/builders';
import { CallLedger } from '../testing/call-ledger';
import { FakeClock } from '../testing/fake-clock';
import { Coalescing } from './coalescing.service';
import { FollowerService } from './follower.service';
import { UpstreamAsker } from './upstream-asker.service';

const ANSWER = aSharedAnswer();
const WHOLE: UpstreamResult = { kind: 'json', attempts: 1, answer: ANSWER, stored: true };
const DONE: FlightResult = { kind: 'done', last: sse.stop(), usageChunk: undefined, answer: ANSWER };
const refused = () =>
  new AttemptFailure({
    status: 400,
    type: 'invalid_request_error',
    code: null,
    param: null,
    message: 'No',
    retryable: false,
    elsewhere: false,
    retryAfterMs: undefined,
  });

/** The pipeline below the cache, with attempts that the test ends. */
function setUp() {
  const ledger = new CallLedger();
  const clock = new FakeClock();
  const replay = new ReplayService(clock);
  let stored: CacheHit | undefined;
  const cache: Pick<ResponseCache, 'mayHave' | 'find'> = { mayHave: () => true, find: async () => stored };
  const asked: ResolvedCall[] = [];
  const ends: { resolve: (result: UpstreamResult) => void; reject: (error: Error) => void }[] = [];
  const attempts: Pick<AttemptsService, 'run'> = {
    run: (resolved, _wanted, release) => {
      asked.push(resolved);
      return new Promise<UpstreamResult>((resolve, reject) => ends.push({ resolve, reject })).finally(release);
    },
  };
  const prices: Pick<PriceBook, 'of'> = { of: () => aPrice() };
  const coalescing = new Coalescing(
    localSingleFlight(),
    cache as ResponseCache,
    new CachedResponseService(ledger.asService(), replay, clock),
    new FollowerService(ledger.asService(), replay, clock),
    replay,
    new UpstreamAsker(
      localRouter().router,
      attempts as AttemptsService,
      prices as PriceBook,
      { withCredentials: () => [aProvider()] } as Pick<ProviderRegistry, 'withCredentials'> as ProviderRegistry,
      clock,
    ),
  );
  const respond = (body: object = {}, client = new FakeSignal(), failedPusd = 0n) => {
    const call = aCall({ ...body }, { signal: client });
    call.failedCosts.add({ listCostPusd: failedPusd, costPusd: failedPusd });
    return coalescing.respond(aPreparedCall(call));
  };
  /** Lets all calls go on until they wait for an upstream. */
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Ends the attempt of this number. */
  const end = async (number: number, result: UpstreamResult | Error) => {
    await turn();
    const attempt = ends[number];
    if (!attempt) throw new Error(`there was no attempt ${number}`);
    if (result instanceof Error) attempt.reject(result);
    else attempt.resolve(result);
  };
  return { ledger, asked, respond, end, turn, store: () => (stored = aCacheHit()) };
}

const streamOf = (source: ScriptedSource, first: string): UpstreamResult => ({
  kind: 'stream',
  attempts: 1,
  origin: { provider: 'openai', upstreamModel: 'gpt-4.1-2026' },
  first,
  rest: source,
});
const statusOf = ({ headers }: CallResponse) => headers['x-cache-status'];
async function textOf(response: CallResponse) {
  if (response.kind !== 'stream') throw new Error('not a stream');
  const { text, end } = await readToEnd(response.rest);
  return response.first + text + (end ?? '');
}

describe('calls that ask the same at the same time', () => {
  it('are one call upstream, which one of them pays for', async () => {
    const { ledger, asked, respond, end } = setUp();
    const all = Promise.all([respond(), respond(), respond()]);
    await end(0, WHOLE);
    expect((await all).map(statusOf)).toEqual(['MISS', 'COALESCED', 'COALESCED']);
    expect([asked.length, ledger.recorded.length]).toEqual([1, 2]);
    const settlements = (await all).map((each) => (each.kind === 'json' ? each.settlement.costPusd : undefined));
    expect(settlements).toEqual([ANSWER.costPusd, 0n, 0n]);
  });

  it('kind 1: pay each for what failed before their answer, also before a stored one', async () => {
    const { respond, end, store } = setUp();
    const all = Promise.all([respond({}, new FakeSignal(), 30n), respond({}, new FakeSignal(), 7n), respond()]);
    await end(0, WHOLE);
    const list = ANSWER.listCostPusd;
    const costs = (await all).map((each) => each.kind === 'json' && each.settlement);
    expect(costs).toMatchObject([
      { costPusd: list + 30n, savedPusd: 0n },
      { costPusd: 7n, savedPusd: list },
      { costPusd: 0n, savedPusd: list },
    ]);
    expect((await all)[1].headers).toMatchObject({ 'x-gateway-cost-usd': '0.000000000007' });
    store();
    const hit = await respond({}, new FakeSignal(), 5n);
    expect(hit).toMatchObject({ settlement: { cacheStatus: 'HIT', costPusd: 5n, savedPusd: list } });
  });

  it('kind 1: say at the end of a stream what failed before it', async () => {
    const { respond, end } = setUp();
    const asked = { stream: true, stream_options: { include_usage: true } };
    const all = Promise.all([respond(asked, new FakeSignal(), 30n), respond(asked, new FakeSignal(), 7n)]);
    const usageChunk = JSON.stringify({ choices: [], usage: { prompt_tokens: 5 } });
    await end(0, streamOf(new ScriptedSource([], { ...DONE, usageChunk }), sse.content('a')));
    const texts = await Promise.all((await all).map(textOf));
    expect(texts.map((text) => /"cost_usd":"([\d.]+)"/.exec(text)?.[1])).toEqual(['0.00000000078', '0.000000000007']);
  });

  it('share a stream from its beginning, also with calls that do not stream', async () => {
    const { asked, respond, end } = setUp();
    const all = Promise.all([respond({ stream: true }), respond({ stream: true }), respond()]);
    await end(0, streamOf(new ScriptedSource([sse.content('b')], DONE), sse.content('a')));
    const [leader, follower, whole] = await all;
    const text = sse.content('a') + sse.content('b') + sse.stop() + sse.done();
    expect(await Promise.all([textOf(leader), textOf(follower)])).toEqual([text, text]);
    expect(whole.kind).toBe('json');
    expect([asked.length, leader.headers['x-cache-ttl'], follower.headers['x-cache-ttl']]).toEqual([
      1,
      '3600',
      undefined,
    ]);
  });

  it('are answered though the one that pays has left', async () => {
    const { asked, respond, end } = setUp();
    const client = new FakeSignal();
    const leader = respond({ stream: true }, client);
    const follower = respond({ stream: true });
    client.abort();
    await end(0, streamOf(new ScriptedSource([], DONE), ''));
    expect(await textOf(await follower)).toBe(sse.stop() + sse.done());
    expect(await textOf(await leader)).toBe('');
    expect([asked.length, asked[0]?.signal.aborted]).toEqual([1, false]);
  });

  it('abort the upstream call when all have left', async () => {
    const { asked, respond, turn } = setUp();
    const clients = [new FakeSignal(), new FakeSignal()];
    const [leader, follower] = clients.map((client) => respond({}, client));
    void leader;
    await turn();
    clients[0]?.abort();
    expect(asked[0]?.signal.aborted).toBe(false);
    clients[1]?.abort();
    expect(asked[0]?.signal.aborted).toBe(true);
    await expect(follower).rejects.toThrow('cancelled');
  });

  it('ask once more each after a failure of the upstream, and then pass it on', async () => {
    const { ledger, asked, respond, end } = setUp();
    const [first, second, third] = [respond(), respond(), respond()];
    await end(0, refused());
    await expect(first).rejects.toMatchObject({ code: 'upstream_error', status: 400 });
    await end(1, refused());
    await expect(second).rejects.toMatchObject({ status: 400 });
    await expect(third).rejects.toMatchObject({ status: 400 });
    expect(asked).toHaveLength(2);
    expect(ledger.recorded).toMatchObject([{ intent: { cache_status: 'COALESCED' }, outcome: { status: 400 } }]);
  });

  it('have a chance each where a budget stopped the one before', async () => {
    const { ledger, asked, respond, end } = setUp();
    const calls = [respond(), respond(), respond()];
    await end(0, budgetExceeded());
    await expect(calls[0]).rejects.toBeInstanceOf(BudgetExceededError);
    await end(1, budgetExceeded());
    await expect(calls[1]).rejects.toBeInstanceOf(BudgetExceededError);
    await end(2, WHOLE);
    expect(statusOf(await calls[2]!)).toBe('MISS');
    expect([asked.length, ledger.recorded]).toEqual([3, []]);
  });

  it('ask for themselves after so many flights that brought nothing', async () => {
    const { asked, respond, end, turn } = setUp();
    const calls = Array.from({ length: 8 }, () => respond());
    for (let flight = 0; flight < 5; flight += 1) {
      await end(flight, budgetExceeded());
      await expect(calls[flight]).rejects.toBeInstanceOf(BudgetExceededError);
    }
    await turn();
    expect(asked.slice(5).map(({ flight }) => flight)).toEqual([undefined, undefined, undefined]);
    for (const number of [5, 6, 7]) await end(number, WHOLE);
    expect((await Promise.all(calls.slice(5))).map(statusOf)).toEqual(['MISS', 'MISS', 'MISS']);
  });

  it('get an answer that was stored since they looked', async () => {
    const { ledger, asked, respond, store } = setUp();
    store();
    expect((await Promise.all([respond(), respond()])).map(statusOf)).toEqual(['HIT', 'HIT']);
    expect(asked).toEqual([]);
    expect(ledger.recorded.map(({ intent }) => intent.cache_status)).toEqual(['HIT', 'HIT']);
  });

  it('end the stream where its response cannot be made', async () => {
    const { respond, end } = setUp();
    const source = new ScriptedSource([], DONE);
    const origin = {
      provider: 'openai',
      get upstreamModel(): string {
        throw new Error('bug');
      },
    };
    const response = respond({ stream: true });
    await end(0, { kind: 'stream', attempts: 1, origin, first: sse.content('a'), rest: source });
    await expect(response).rejects.toThrow('bug');
    expect(source.returns).toBe(1);
  });
});

describe('calls that do not ask the same', () => {
  it.each([
    ['another service tier', {}, { service_tier: 'flex' }],
    ['an answer of their own', { use_cache: false }, { use_cache: false }],
    ['an answer that is not stored', { cache: { 'no-store': true } }, { cache: { 'no-store': true } }],
    ['a fresh answer', { cache: { 'no-cache': true } }, { cache: { 'no-cache': true } }],
  ])('ask each for themselves: %s', async (_, one, other) => {
    const { asked, respond, end } = setUp();
    const both = Promise.all([respond(one), respond(other)]);
    await end(0, WHOLE);
    await end(1, WHOLE);
    await both;
    expect(asked).toHaveLength(2);
  });
});

describe('a call that asks alone', () => {
  it.each([
    [{ use_cache: false }, 'BYPASS', false],
    [{ cache: { 'no-cache': true } }, 'REFRESH', true],
    [{ cache: { 'no-store': true } }, 'MISS', false],
  ])('with %j is a %s', async (body, status, store) => {
    const { asked, respond, end } = setUp();
    const response = respond(body);
    await end(0, { ...WHOLE, stored: store });
    expect((await response).headers).toMatchObject({
      'x-cache-status': status,
      ...(store && { 'x-cache-ttl': '3600' }),
      'x-gateway-cost-usd': '0.00000000075',
    });
    expect(asked).toMatchObject([{ cacheStatus: status, store, flight: undefined }]);
  });

  it('reads its stream without a flight, and returns it when it leaves', async () => {
    const { respond, end } = setUp();
    const source = new ScriptedSource([sse.content('b')], DONE);
    const response = respond({ stream: true, use_cache: false });
    await end(0, streamOf(source, sse.content('a')));
    const stream = await response;
    if (stream.kind !== 'stream') throw new Error('not a stream');
    expect([stream.first, (await stream.rest.next()).value]).toEqual([sse.content('a'), sse.content('b')]);
    await stream.rest.return();
    expect(source.returns).toBe(1);
  });

  it('passes its failure on', async () => {
    const { respond, end } = setUp();
    const response = respond({ use_cache: false });
    await end(0, new GatewayError('unavailable'));
    await expect(response).rejects.toMatchObject({ code: 'unavailable' });
  });
});
