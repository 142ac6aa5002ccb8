import { type UpstreamCall, UpstreamTransportError } from '@thriftgate/providers';
import * as fc from 'fast-check';
import { AttemptFailure } from '../../routing/attempt-failure';
import type { FlightSource } from '../../single-flight/flight-result';
import { PACE_MS } from './stream-relay';
import { aStream, readToEnd, sse, USAGE_PUSD } from '../testing/answers';
import type { ScriptedResponse } from '../testing/scripted-response';
import { relayBench, translator } from '../testing/relay-bench';
import { ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';

/** Lets all that can go on go on, with the clock standing still. */
const settled = () => jest.advanceTimersByTimeAsync(0);

/** Reads with a clock that goes on: between two texts a relay waits for some milliseconds. */
async function ticking<T>(reading: Promise<T>): Promise<T> {
  reading.catch(() => undefined);
  await jest.advanceTimersByTimeAsync(100);
  return reading;
}
const allOf = (relay: FlightSource) => ticking(readToEnd(relay));

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a stream that is relayed', () => {
  it('is settled exactly before its last step, and stored', async () => {
    const { bench, relay, response, expectOver } = relayBench();
    response.push(aStream()).end();
    const { text, end } = await allOf(relay);
    expect(text).toBe('');
    expect(end).toMatchObject({
      kind: 'done',
      last: sse.role() + sse.content('Hi') + sse.stop(),
      answer: { costPusd: USAGE_PUSD, upstreamModel: 'gpt-4.1-2026' },
    });
    expect(end?.kind === 'done' && end.usageChunk).toContain('"prompt_tokens":5');
    expect(bench.ledger.outcome).toMatchObject({
      state: 'settled',
      status: 200,
      costPusd: USAGE_PUSD,
      errorCode: null,
    });
    expect(bench.stored).toHaveLength(1);
    expectOver();
  });

  it('passes events as they come, with what came before the content', async () => {
    const { bench, relay, response, expectOver } = relayBench();
    bench.clock.nowMs += 20;
    response.push(sse.role());
    const first = relay.next();
    await settled();
    bench.clock.nowMs += 30;
    response.push(sse.comment(), sse.content('a'));
    expect(await first).toEqual({ done: false, value: sse.role() + sse.comment() + sse.content('a') });
    response.push(sse.content('b') + sse.content('c'));
    expect(await ticking(relay.next())).toEqual({ done: false, value: sse.content('b') + sse.content('c') });
    response.push(sse.comment());
    expect(await ticking(relay.next())).toEqual({ done: false, value: sse.comment() });
    expect(bench.ledger.settled).toEqual([]);
    response.push(sse.stop() + sse.usage() + sse.done());
    expect(await ticking(relay.next())).toMatchObject({ done: true, value: { kind: 'done', last: sse.stop() } });
    expect(bench.ledger.outcome).toMatchObject({ ttftMs: 50 });
    expect([response.leaves, response.aborts]).toEqual([1, 0]);
    expectOver();
  });

  it('says nothing more once it is over', async () => {
    const { relay, response, expectOver } = relayBench();
    response.push(aStream());
    await allOf(relay);
    expect(await ticking(relay.next())).toEqual({ done: true, value: undefined });
    await relay.return();
    expectOver();
  });

  it('reads the same wherever the bytes are cut', async () => {
    const bytes = Buffer.from(sse.comment() + aStream('안녕 👋') + sse.comment());
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const { relay, response, bench, expectOver } = relayBench();
      response.push(bytes.subarray(0, cut), bytes.subarray(cut)).end();
      const { text, end } = await allOf(relay);
      if (end?.kind !== 'done') throw new Error(`Cut at byte ${cut} the stream is not whole.`);
      expect(text + end.last).toBe(sse.comment() + sse.role() + sse.content('안녕 👋') + sse.stop());
      expect(bench.ledger.outcome).toMatchObject({ status: 200, costPusd: USAGE_PUSD });
      expectOver();
    }
  });

  type Piece = 'comment' | 'role' | 'content' | 'stop' | 'usage' | 'error' | 'done';
  const ENDINGS = {
    end: undefined,
    reset: new UpstreamTransportError('reset', 'reset', true),
    idle: new UpstreamTransportError('idle_timeout', 'idle', true),
  };

  /** What a stream of such pieces and such an ending comes to. */
  function expected(pieces: Piece[], ending: keyof typeof ENDINGS) {
    const last = pieces.findIndex((piece) => piece === 'done' || piece === 'error');
    const read = last < 0 ? pieces : pieces.slice(0, last);
    const content = read.includes('content') || read.includes('stop');
    const text = read.map((piece) => (piece === 'usage' ? '' : sse[piece]())).join('');
    const costPusd = read.includes('usage') ? USAGE_PUSD : ESTIMATE_PUSD;
    if (pieces[last] === 'done') return { kind: 'done', text, status: 200, costPusd };
    // R01: without an end mark, but with a finish reason.
    if (last < 0 && read.includes('stop') && ending === 'end') return { kind: 'done', text, status: 200, costPusd };
    if (content) return { kind: 'broken', text, status: 502, costPusd };
    // A12: usage that was sent is charged.
    if (read.includes('usage')) return { kind: 'thrown', status: 502, costPusd: USAGE_PUSD };
    if (last < 0 && ending === 'idle') return { kind: 'thrown', status: 504, costPusd: HOLD_PUSD };
    return { kind: 'thrown', status: 502, costPusd: 0n };
  }

  it('comes to the same result in any order of events, however they are cut, and is settled and released once', async () => {
    const pieces = fc.array(fc.constantFrom<Piece>('comment', 'role', 'content', 'stop', 'usage', 'error', 'done'), {
      maxLength: 7,
    });
    const endings = fc.constantFrom(...(Object.keys(ENDINGS) as (keyof typeof ENDINGS)[]));
    await fc.assert(
      fc.asyncProperty(pieces, endings, fc.nat(50), async (names, ending, pieceLength) => {
        const { relay, response, bench, expectOver } = relayBench();
        const bytes = Buffer.from(names.map((name) => sse[name]()).join(''));
        for (let at = 0; at < bytes.length; at += pieceLength + 1)
          response.push(bytes.subarray(at, at + pieceLength + 1));
        const failure = ENDINGS[ending];
        if (failure) response.fail(failure);
        else response.end();
        const right = expected(names, ending);
        const result = await allOf(relay).catch((error: unknown) => error);
        if (result instanceof Error) {
          expect(result).toBeInstanceOf(AttemptFailure);
          expect(right.kind).toBe('thrown');
        } else {
          const { text, end } = result as Awaited<
            ReturnType<typeof readToEnd<{ kind: string; last: string } | undefined>>
          >;
          expect({ kind: end?.kind, text: text + end?.last }).toEqual({ kind: right.kind, text: right.text });
        }
        expect(bench.ledger.outcome).toMatchObject({ status: right.status, costPusd: right.costPusd });
        if (right.kind !== 'done') expect(bench.stored).toEqual([]);
        expectOver();
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['an end', (response: ScriptedResponse) => response.end()],
    ['an error', (response: ScriptedResponse) => response.push(sse.error())],
    ['a reset', (response: ScriptedResponse) => response.fail(ENDINGS.reset)],
  ])('A12: charges usage that comes before %s without content, and is not sent again', async (_, finish) => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.role() + sse.usage());
    finish(response);
    await expect(relay.next()).rejects.toMatchObject({ error: { status: 502, retryable: false } });
    expect(bench.ledger.outcome).toMatchObject({
      state: 'settled',
      status: 502,
      costPusd: USAGE_PUSD,
      estimated: false,
    });
    expectOver();
  });

  it('R01: is whole where it ends without its mark after the finish reason', async () => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.role() + sse.content('pong') + sse.stop() + sse.usage()).end();
    const { text, end } = await allOf(relay);
    expect(text).toBe('');
    expect(end).toMatchObject({ kind: 'done', last: sse.role() + sse.content('pong') + sse.stop() });
    expect(bench.ledger.outcome).toMatchObject({ status: 200, costPusd: USAGE_PUSD, errorCode: null });
    expect(bench.stored).toHaveLength(1);
    expectOver();
  });

  it('fails before content without a charge, with the upstream’s own error', async () => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.role(), sse.error({ message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit' }));
    await expect(relay.next()).rejects.toMatchObject({ error: { status: 429, message: 'Slow down', retryable: true } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 429, costPusd: 0n, estimated: true });
    expect(response.aborts).toBe(1);
    expectOver();
  });

  it('breaks after content with the upstream’s own error, settled at what was told', async () => {
    const { relay, response, bench, expectOver, broken } = relayBench();
    response.push(sse.content('a') + sse.usage() + sse.content('b') + sse.error());
    expect(await ticking(relay.next())).toMatchObject({
      done: true,
      value: { kind: 'broken', last: sse.content('a') + sse.content('b'), error: { message: 'Overloaded' } },
    });
    expect(bench.ledger.outcome).toMatchObject({
      state: 'settled',
      status: 502,
      costPusd: USAGE_PUSD,
      uncached: 'cut',
    });
    expect(bench.stored).toEqual([]);
    expect(broken()).toMatchObject({ message: 'Overloaded' });
    expectOver();
  });

  it('breaks with what the model may have cost at worst where it reasons', async () => {
    const { relay, response, bench, expectOver } = relayBench({ reasons: true });
    response.push(sse.content('a')).end();
    await allOf(relay);
    expect(bench.ledger.outcome).toMatchObject({ status: 502, errorCode: 'upstream_stream_cut', costPusd: HOLD_PUSD });
    expectOver();
  });

  it('breaks at an event that is too long', async () => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.content('a'));
    await ticking(relay.next());
    for (let i = 0; i < 17; i += 1) response.push('x'.repeat(1024 * 1024));
    expect(await ticking(relay.next())).toMatchObject({
      done: true,
      value: { kind: 'broken', code: 'upstream_answer_too_large' },
    });
    expect([bench.ledger.outcome.status, response.aborts]).toEqual([502, 1]);
    expectOver();
  });

  it('gives the first content at once, and the next text some milliseconds after it', async () => {
    const { relay, response } = relayBench();
    response.push(sse.role(), sse.content('a'));
    expect((await relay.next()).value).toBe(sse.role() + sse.content('a'));
    const second = relay.next();
    response.push(sse.content('b'));
    await jest.advanceTimersByTimeAsync(PACE_MS - 1);
    let came = false;
    void second.then(() => (came = true));
    await settled();
    expect(came).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect((await second).value).toBe(sse.content('b'));
  });

  it('waits for nothing where the events come slowly', async () => {
    const { relay, response } = relayBench();
    response.push(sse.content('a'));
    await relay.next();
    await jest.advanceTimersByTimeAsync(PACE_MS);
    response.push(sse.content('b'));
    expect((await relay.next()).value).toBe(sse.content('b'));
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a stream that fails in an unforeseen way', () => {
  const failing = (members: { push?: Error; assemble?: Error }) => ({
    ...translator,
    openStream: (call: UpstreamCall) => {
      const decoder = translator.openStream(call);
      const { push, assemble } = { push: decoder.push.bind(decoder), assemble: decoder.assemble.bind(decoder) };
      decoder.push = (event) => {
        if (members.push) throw members.push;
        return push(event);
      };
      decoder.assemble = () => {
        if (members.assemble) throw members.assemble;
        return assemble();
      };
      return decoder;
    },
  });

  it.each(['push', 'assemble'])('is unknown at its worst cost, with the error thrown: %s', async (where) => {
    const error = new Error('bug');
    const { relay, response, bench, expectOver } = relayBench({ with: failing({ [where]: error }) });
    response.push(aStream());
    await expect(readToEnd(relay)).rejects.toBe(error);
    expect(bench.ledger.outcome).toMatchObject({
      state: 'unknown',
      status: 500,
      errorCode: 'internal_error',
      costPusd: HOLD_PUSD,
    });
    expectOver();
  });

  it('is unknown where the estimate fails after the clients have left', async () => {
    const { relay, response, bench, client, expectOver } = relayBench();
    bench.estimatorError = new Error('no tables');
    response.push(sse.content('a'));
    await ticking(relay.next());
    client.abort();
    response.push(sse.done());
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', costPusd: HOLD_PUSD });
    expectOver();
  });

  it('throws what its body throws', async () => {
    const { relay, response, expectOver } = relayBench();
    response.fail(new TypeError('bug'));
    await expect(relay.next()).rejects.toThrow('bug');
    expectOver();
  });
});
