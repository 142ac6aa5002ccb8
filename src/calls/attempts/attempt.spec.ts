import { UpstreamTransportError, type Reply, type TokenUsage } from '@thriftgate/providers';
import * as fc from 'fast-check';
import { aCompletion, USAGE_PUSD, USAGE_TOKENS } from '../testing/answers';
import { aCall, aModel, aPrice, aResolvedCall } from '../testing/builders';
import { AttemptBench, ESTIMATE, ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';
import type { Attempt } from './attempt';

function replyOf(usage: TokenUsage | undefined = USAGE_TOKENS): Reply {
  return {
    body: Buffer.from(aCompletion()),
    facts: {
      upstreamModel: 'gpt-4.1-2026',
      systemFingerprint: undefined,
      serviceTier: undefined,
      finishReasons: ['stop'],
      hasToolCalls: false,
      refused: false,
      failed: false,
      empty: false,
      usage,
    },
  };
}

const WITHOUT_USAGE: Reply = { ...replyOf(), facts: { ...replyOf().facts, usage: undefined } };
const cutOff = (sent: boolean) => new UpstreamTransportError('reset', 'reset', sent);
const ENDS: Record<string, (attempt: Attempt) => Promise<unknown>> = {
  'an answer': (attempt) => attempt.succeed(replyOf()),
  'an answer without usage': (attempt) => attempt.succeed(WITHOUT_USAGE),
  'a broken answer': (attempt) => attempt.succeed(replyOf(), { endedCleanly: false, status: 502, errorCode: 'cut' }),
  'a refusal': (attempt) => attempt.fail(429, 'rate_limit'),
  'a failure below HTTP': (attempt) =>
    attempt.failBelowHttp(cutOff(true), 502, 'reset', { timedOut: false, answered: false }),
  'a timeout': (attempt) => attempt.failBelowHttp(cutOff(true), 504, 'timeout', { timedOut: true, answered: false }),
  'an unforeseen failure': (attempt) => attempt.abandon(),
  'a charged failure': (attempt) => attempt.failCharged(undefined, 'text', 502, 'upstream_invalid_answer'),
};

describe('an attempt', () => {
  let bench: AttemptBench;
  beforeEach(() => void (bench = new AttemptBench()));

  it('ends once, whatever ends race: one outcome, one end of the hold at its cost, at most one stored answer', async () => {
    const ends = fc.array(fc.constantFrom(...Object.keys(ENDS)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(ends, fc.boolean(), fc.boolean(), async (names, parallel, refuses) => {
        bench = new AttemptBench();
        bench.ledger.refuses = refuses;
        const attempt = bench.start();
        const run = (name: string) => ENDS[name]?.(attempt).catch(() => undefined);
        if (parallel) await Promise.all(names.map(run));
        else for (const name of names) await run(name);
        const { outcome } = bench.ledger;
        expect(bench.hold.ends).toEqual([outcome.costPusd]);
        expect(bench.stored).toHaveLength(!refuses && outcome.status === 200 && outcome.uncached === null ? 1 : 0);
        expect([attempt.hasEnded, attempt.stored]).toEqual([true, bench.stored.length === 1]);
      }),
    );
  });

  it.each(Object.entries(ENDS))(
    'ends its hold at the cost in the ledger also where the journal refuses: %s',
    async (_, end) => {
      bench.ledger.refuses = true;
      const attempt = bench.start();
      await expect(end(attempt)).rejects.toMatchObject({ code: 'unavailable' });
      expect(bench.hold.ends).toEqual([bench.ledger.outcome.costPusd]);
      expect(bench.stored).toEqual([]);
    },
  );

  it('ends the hold only once the journal has the outcome', async () => {
    let write = () => {};
    const written = new Promise<void>((resolve) => (write = resolve));
    const settle = jest.spyOn(bench.ledger, 'settle').mockReturnValue(written);
    const ended = bench.start().succeed(replyOf());
    await new Promise(setImmediate);
    expect([settle.mock.calls.length, bench.hold.ends]).toEqual([1, []]);
    write();
    await ended;
    expect(bench.hold.ends).toEqual([USAGE_PUSD]);
  });

  it('needs no hold', async () => {
    await bench.start({ hold: undefined }).succeed(replyOf());
    expect(bench.ledger.outcome.costPusd).toBe(USAGE_PUSD);
  });

  it('costs what the upstream counted', async () => {
    const answer = await bench.start().succeed(replyOf());
    expect(bench.ledger.outcome).toMatchObject({
      state: 'settled',
      status: 200,
      upstreamModel: 'gpt-4.1-2026',
      usage: USAGE_TOKENS,
      listCostPusd: USAGE_PUSD,
      costPusd: USAGE_PUSD,
      savedBy: null,
      estimated: false,
      errorCode: null,
      uncached: null,
    });
    expect(answer).toMatchObject({ usage: USAGE_TOKENS, costPusd: USAGE_PUSD, provider: 'openai' });
  });

  it('A7: is estimated, and not stored, where the upstream’s usage cannot be', async () => {
    const answer = await bench.start().succeed(replyOf({ ...USAGE_TOKENS, outputTokens: 4_294_967_295 }));
    expect(bench.ledger.outcome).toMatchObject({ usage: ESTIMATE, costPusd: ESTIMATE_PUSD, estimated: true });
    expect(answer.usage).toEqual(ESTIMATE);
    expect(bench.stored).toMatchObject([{ facts: { usage: undefined } }]);
  });

  it('A7: is estimated where usage that was told with a failure cannot be', async () => {
    const told = { ...USAGE_TOKENS, inputTokens: Number.MAX_SAFE_INTEGER };
    await bench.start().failCharged(told, '', 502, 'upstream_error');
    expect(bench.ledger.outcome).toMatchObject({ usage: ESTIMATE, costPusd: ESTIMATE_PUSD, estimated: true });
    await (bench = new AttemptBench()).start().failCharged(USAGE_TOKENS, '', 502, 'upstream_error');
    expect(bench.ledger.outcome).toMatchObject({ usage: USAGE_TOKENS, costPusd: USAGE_PUSD, estimated: false });
  });

  it('A22: is estimated at no more than it may write where what came cannot be read', async () => {
    const resolved = aResolvedCall(aCall({ max_tokens: 2 }));
    await bench.start({ resolved }).failCharged(undefined, 'long', 502, 'upstream_invalid_answer');
    expect(bench.ledger.outcome).toMatchObject({ usage: { ...ESTIMATE, outputTokens: 2 }, estimated: true });
  });

  it('R19: costs what the tier costs that the upstream names', async () => {
    const reply = replyOf();
    await bench.start().succeed({ ...reply, facts: { ...reply.facts, serviceTier: 'priority' } });
    expect(bench.ledger.outcome).toMatchObject({ costPusd: 2n * USAGE_PUSD, estimated: true });
  });

  it('is estimated where the upstream did not count', async () => {
    const answer = await bench.start().succeed(WITHOUT_USAGE);
    expect(bench.ledger.outcome).toMatchObject({
      usage: ESTIMATE,
      costPusd: ESTIMATE_PUSD,
      estimated: true,
    });
    expect(answer.usage).toEqual(ESTIMATE);
  });

  it('is marked as estimated where its price is', async () => {
    await bench.start({ price: aPrice({ estimated: true }) }).succeed(replyOf());
    expect(bench.ledger.outcome.estimated).toBe(true);
  });

  it('ends open where the estimator fails, and is then abandoned at its worst cost', async () => {
    bench.estimatorError = new Error('no tables');
    const attempt = bench.start();
    await expect(attempt.succeed(WITHOUT_USAGE)).rejects.toThrow('no tables');
    expect(attempt.hasEnded).toBe(false);
    await attempt.abandon();
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 500, costPusd: HOLD_PUSD });
  });

  it('is named after its deployment where the upstream names no version', async () => {
    const { facts } = replyOf();
    await bench.start().succeed({ ...replyOf(), facts: { ...facts, upstreamModel: undefined } });
    expect(bench.ledger.outcome.upstreamModel).toBe('gpt-4.1');
  });

  // A2: hidden reasoning is charged as output, and its tokens stand in the usage chunk alone.
  it.each([
    ['a model that reasons, cut before its usage: the hold', true, false, WITHOUT_USAGE, HOLD_PUSD],
    ['a model that reasons, cut after its usage: what was counted', true, false, replyOf(), USAGE_PUSD],
    ['a model that reasons, whole without usage: the estimate', true, true, WITHOUT_USAGE, ESTIMATE_PUSD],
    ['a model that does not reason, cut before its usage: the estimate', false, false, WITHOUT_USAGE, ESTIMATE_PUSD],
  ])('costs, of %s', async (_, reasons, endedCleanly, reply, costPusd) => {
    const resolved = aResolvedCall(aCall(), { model: aModel({ reasons }) });
    await bench.start({ resolved }).succeed(reply, { endedCleanly });
    expect(bench.ledger.outcome).toMatchObject({ costPusd, listCostPusd: costPusd, savedBy: null });
    expect(bench.hold.ends).toEqual([costPusd]);
  });

  it('is listed at the price of the model that the caller asked for', async () => {
    await bench.start({ askedPrice: aPrice({ inputPusd: 20n, outputPusd: 200n }) }).succeed(replyOf());
    expect(bench.ledger.outcome).toMatchObject({
      listCostPusd: 2n * USAGE_PUSD,
      costPusd: USAGE_PUSD,
      savedBy: 'routing',
    });
  });

  it('saves what the prompt cache of the vendor gives back', async () => {
    await bench.start().succeed(replyOf({ ...USAGE_TOKENS, cachedInputTokens: 4 }));
    const { outcome } = bench.ledger;
    expect(outcome).toMatchObject({
      usage: { cachedInputTokens: 4 },
      listCostPusd: USAGE_PUSD,
      savedBy: 'prompt_cache',
    });
    expect(outcome.costPusd).toBe(USAGE_PUSD - 4n * 8n);
  });

  it('notes the first content once, and how long it took', async () => {
    const attempt = bench.start();
    bench.clock.nowMs += 30;
    attempt.firstContent();
    bench.clock.nowMs += 70;
    attempt.firstContent();
    await attempt.succeed(replyOf());
    expect(bench.ledger.outcome).toMatchObject({ ttftMs: 30, latencyMs: 100 });
  });

  it('keeps the status and the code of a stream that broke off, and stores nothing of it', async () => {
    await bench.start().succeed(replyOf(), { endedCleanly: false, status: 502, errorCode: 'upstream_stream_cut' });
    expect(bench.ledger.outcome).toMatchObject({ status: 502, errorCode: 'upstream_stream_cut', uncached: 'cut' });
    expect(bench.stored).toEqual([]);
  });

  it('stores no answer that the rules keep out', async () => {
    bench.uncached = 'tool_calls';
    const attempt = bench.start();
    await attempt.succeed(replyOf());
    expect([bench.ledger.outcome.uncached, attempt.stored]).toEqual(['tool_calls', false]);
  });

  it.each([
    ['told', true, false],
    ['not told', false, true],
  ])('costs nothing where it failed; that it does was %s', async (_, told, estimated) => {
    await bench.start().fail(503, 'overloaded', told);
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 503, costPusd: 0n, estimated });
    expect(bench.hold.ends).toEqual([0n]);
  });

  const failures = [
    // kind, sent, timed out, answered → state, status, estimated
    ['connect', false, false, false, 'failed', 502, false],
    ['reset', true, false, false, 'failed', 502, true],
    ['reset', true, false, true, 'unknown', 502, true],
    ['first_byte_timeout', true, true, false, 'unknown', 502, true],
    ['aborted', false, false, false, 'failed', 499, false],
    ['aborted', true, false, false, 'unknown', 499, true],
  ] as const;
  it.each(failures)(
    'below HTTP, %s (sent %s, timed out %s, answered %s), is %s with status %i',
    async (kind, sent, timedOut, answered, state, status, estimated) => {
      const error = new UpstreamTransportError(kind, 'x', sent);
      await bench.start().failBelowHttp(error, 502, 'code', { timedOut, answered });
      const costPusd = state === 'unknown' ? HOLD_PUSD : 0n;
      expect(bench.ledger.outcome).toMatchObject({ state, status, estimated, costPusd, listCostPusd: costPusd });
      expect(bench.hold.ends).toEqual([costPusd]);
    },
  );

  it.each(Object.entries(ENDS))('says that the call may be charged where it costs something: %s', async (_, end) => {
    const onCharged = jest.fn();
    const call = aCall({}, { onCharged });
    await end(bench.start({ resolved: aResolvedCall(call) }));
    expect(onCharged).toHaveBeenCalledTimes(bench.ledger.outcome.costPusd > 0n ? 1 : 0);
  });

  it.each(Object.entries(ENDS))('kind 1: counts for its call what brought no answer: %s', async (name, end) => {
    const resolved = aResolvedCall();
    await end(bench.start({ resolved }));
    const { costPusd } = bench.ledger.outcome;
    expect(resolved.call.failedCosts.costPusd).toBe(name.includes('answer') ? 0n : costPusd);
  });
});
