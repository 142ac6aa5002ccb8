import { openAi, UpstreamTransportError } from '@thriftgate/providers';
import * as fc from 'fast-check';
import { FakeSignal } from '../testing/fake-signal';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aStream, readToEnd, sse, USAGE_PUSD } from '../testing/answers';
import { aCall, aModel, aResolvedCall } from '../testing/builders';
import { ScriptedResponse } from '../testing/scripted-response';
import { AttemptBench, ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';
import { StreamRelay } from './stream-relay';

const READ_ON_MS = 3_000;
const translator = openAi.translators['chat.completions']!;

/** A signal that counts who listens. */
class CountedSignal extends FakeSignal {
  listening = 0;

  override addEventListener(type: 'abort', listener: () => void): void {
    this.listening += 1;
    super.addEventListener(type, listener);
  }

  override removeEventListener(type: 'abort', listener: () => void): void {
    this.listening -= 1;
    super.removeEventListener(type, listener);
  }
}

/** A relay of a response that the test scripts, with all that it touches. */
function setUp({ reasons = false, readOnMs = READ_ON_MS, decoder = translator } = {}) {
  const bench = new AttemptBench();
  const client = new CountedSignal();
  const response = new ScriptedResponse();
  const model = aModel({ reasons });
  const resolved = aResolvedCall(aCall({ stream: true }), { model, signal: client });
  let released = 0;
  const relay = new StreamRelay(
    bench.start({ resolved }),
    decoder,
    response,
    () => (released += 1),
    () => readOnMs,
  );
  const state = () => ({ released, listening: client.listening, holds: bench.hold.ends, closed: response.isClosed });
  /** What holds of every relay that is over. */
  const expectOver = () => {
    const { costPusd } = bench.ledger.outcome;
    expect(state()).toEqual({ released: 1, listening: 0, holds: [costPusd], closed: true });
  };
  return { bench, client, response, relay, expectOver, released: () => released };
}

/** Lets all that can go on go on, with the clock standing still. */
const settled = () => jest.advanceTimersByTimeAsync(0);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a stream that is relayed', () => {
  it('is settled exactly before its last step, and stored', async () => {
    const { bench, relay, response, expectOver } = setUp();
    response.push(aStream()).end();
    const { text, end } = await readToEnd(relay);
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
    const { bench, relay, response, expectOver } = setUp();
    bench.clock.nowMs += 20;
    response.push(sse.role());
    const first = relay.next();
    await settled();
    bench.clock.nowMs += 30;
    response.push(sse.comment(), sse.content('a'));
    expect(await first).toEqual({ done: false, value: sse.role() + sse.comment() + sse.content('a') });
    response.push(sse.content('b') + sse.content('c'));
    expect(await relay.next()).toEqual({ done: false, value: sse.content('b') + sse.content('c') });
    response.push(sse.comment());
    expect(await relay.next()).toEqual({ done: false, value: sse.comment() });
    expect(bench.ledger.settled).toEqual([]);
    response.push(sse.stop() + sse.usage() + sse.done());
    expect(await relay.next()).toMatchObject({ done: true, value: { kind: 'done', last: sse.stop() } });
    expect(bench.ledger.outcome).toMatchObject({ ttftMs: 50 });
    expect([response.leaves, response.aborts]).toEqual([1, 0]);
    expectOver();
  });

  it('says nothing more once it is over', async () => {
    const { relay, response, expectOver } = setUp();
    response.push(aStream());
    await readToEnd(relay);
    expect(await relay.next()).toEqual({ done: true, value: undefined });
    await relay.return();
    expectOver();
  });

  it('reads the same wherever the bytes are cut', async () => {
    const bytes = Buffer.from(sse.comment() + aStream('안녕 👋') + sse.comment());
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const { relay, response, bench, expectOver } = setUp();
      response.push(bytes.subarray(0, cut), bytes.subarray(cut)).end();
      const { text, end } = await readToEnd(relay);
      if (end?.kind !== 'done') throw new Error(`Cut at byte ${cut} the stream is not whole.`);
      expect(text + end.last).toBe(sse.comment() + sse.role() + sse.content('안녕 👋') + sse.stop());
      expect(bench.ledger.outcome).toMatchObject({ status: 200, costPusd: USAGE_PUSD });
      expectOver();
    }
  });

  type Piece = 'comment' | 'role' | 'content' | 'usage' | 'error' | 'done';
  const ENDINGS = {
    end: undefined,
    reset: new UpstreamTransportError('reset', 'reset', true),
    idle: new UpstreamTransportError('idle_timeout', 'idle', true),
  };

  /** What a stream of such pieces and such an ending comes to. */
  function expected(pieces: Piece[], ending: keyof typeof ENDINGS) {
    const last = pieces.findIndex((piece) => piece === 'done' || piece === 'error');
    const read = last < 0 ? pieces : pieces.slice(0, last);
    const content = read.includes('content');
    const text = read.map((piece) => (piece === 'usage' ? '' : sse[piece]())).join('');
    const costPusd = read.includes('usage') ? USAGE_PUSD : ESTIMATE_PUSD;
    if (pieces[last] === 'done') return { kind: 'done', text, status: 200, costPusd };
    if (content) return { kind: 'broken', text, status: 502, costPusd };
    if (last < 0 && ending === 'idle') return { kind: 'thrown', status: 504, costPusd: HOLD_PUSD };
    return { kind: 'thrown', status: 502, costPusd: 0n };
  }

  it('comes to the same result in any order of events, however they are cut, and is settled and released once', async () => {
    const pieces = fc.array(fc.constantFrom<Piece>('comment', 'role', 'content', 'content', 'usage', 'error', 'done'), {
      maxLength: 7,
    });
    const endings = fc.constantFrom(...(Object.keys(ENDINGS) as (keyof typeof ENDINGS)[]));
    await fc.assert(
      fc.asyncProperty(pieces, endings, fc.nat(50), async (names, ending, pieceLength) => {
        const { relay, response, bench, expectOver } = setUp();
        const bytes = Buffer.from(names.map((name) => sse[name]()).join(''));
        for (let at = 0; at < bytes.length; at += pieceLength + 1)
          response.push(bytes.subarray(at, at + pieceLength + 1));
        const failure = ENDINGS[ending];
        if (failure) response.fail(failure);
        else response.end();
        const right = expected(names, ending);
        const result = await readToEnd(relay).catch((error: unknown) => error);
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
        expect(bench.stored).toHaveLength(right.kind === 'done' ? 1 : 0);
        expectOver();
      }),
      { numRuns: 300 },
    );
  });

  it('fails before content without a charge, with the upstream’s own error', async () => {
    const { relay, response, bench, expectOver } = setUp();
    response.push(sse.role(), sse.error({ message: 'Slow down', type: 'rate_limit_error', code: 'rate_limit' }));
    await expect(relay.next()).rejects.toMatchObject({ error: { status: 429, message: 'Slow down', retryable: true } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 429, costPusd: 0n, estimated: true });
    expect(response.aborts).toBe(1);
    expectOver();
  });

  it('breaks after content with the upstream’s own error, settled at what was told', async () => {
    const { relay, response, bench, expectOver } = setUp();
    response.push(sse.content('a') + sse.usage() + sse.content('b') + sse.error());
    expect(await relay.next()).toMatchObject({
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
    expectOver();
  });

  it('breaks with what the model may have cost at worst where it reasons', async () => {
    const { relay, response, bench, expectOver } = setUp({ reasons: true });
    response.push(sse.content('a')).end();
    await readToEnd(relay);
    expect(bench.ledger.outcome).toMatchObject({ status: 502, errorCode: 'upstream_stream_cut', costPusd: HOLD_PUSD });
    expectOver();
  });

  it('breaks at an event that is too long', async () => {
    const { relay, response, bench, expectOver } = setUp();
    response.push(sse.content('a'));
    await relay.next();
    for (let i = 0; i < 17; i += 1) response.push('x'.repeat(1024 * 1024));
    expect(await relay.next()).toMatchObject({ done: true, value: { kind: 'broken', code: 'upstream_stream_cut' } });
    expect([bench.ledger.outcome.status, response.aborts]).toEqual([502, 1]);
    expectOver();
  });
});

describe('a stream whose clients disconnect', () => {
  it('is aborted before any content, at its worst cost, for the upstream may have done the work', async () => {
    const { relay, response, client, bench, expectOver } = setUp();
    response.push(sse.role());
    const first = relay.next();
    await settled();
    client.abort();
    await expect(first).rejects.toBeInstanceOf(AttemptFailure);
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 499, costPusd: HOLD_PUSD, estimated: true });
    expect(response.aborts).toBe(1);
    expectOver();
  });

  it('is aborted where they left before it began', async () => {
    const bench = new AttemptBench();
    const client = new CountedSignal();
    client.abort();
    const response = new ScriptedResponse().push(aStream());
    const resolved = aResolvedCall(aCall({ stream: true }), { signal: client });
    const release = jest.fn();
    const relay = new StreamRelay(bench.start({ resolved }), translator, response, release, () => READ_ON_MS);
    expect(await relay.next()).toEqual({ done: true, value: undefined });
    await relay.return();
    expect([bench.ledger.outcome.status, response.aborts, release.mock.calls.length]).toEqual([499, 1, 1]);
  });

  it.each(['while a read is pending', 'between two reads'])(
    'is read on for its usage %s: exact, and stored',
    async (when) => {
      const { relay, response, client, bench, expectOver, released } = setUp({ reasons: true });
      response.push(sse.content('a'));
      await relay.next();
      const pending = when === 'while a read is pending' ? relay.next() : undefined;
      client.abort();
      await jest.advanceTimersByTimeAsync(READ_ON_MS - 1);
      expect([response.aborts, released(), bench.ledger.settled.length]).toEqual([0, 0, 0]);
      response.push(sse.content('b'), sse.stop() + sse.usage(), sse.done());
      await settled();
      expect(bench.ledger.outcome).toMatchObject({
        state: 'settled',
        status: 499,
        errorCode: 'client_closed_request',
        costPusd: USAGE_PUSD,
        estimated: false,
      });
      expect([bench.stored.length, response.leaves, response.aborts]).toEqual([1, 1, 0]);
      if (pending) expect((await pending).value).toBe(sse.content('b'));
      expect(await relay.next()).toEqual({ done: true, value: undefined });
      expect(jest.getTimerCount()).toBe(0);
      expectOver();
    },
  );

  it.each([
    ['estimated', false, ESTIMATE_PUSD],
    ['the hold of a model that reasons', true, HOLD_PUSD],
  ])('is aborted where its usage does not come in time: %s', async (_, reasons, costPusd) => {
    const { relay, response, client, bench, expectOver } = setUp({ reasons });
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    response.push(sse.content('b'));
    await jest.advanceTimersByTimeAsync(READ_ON_MS - 1);
    expect([response.aborts, bench.ledger.settled.length]).toEqual([0, 0]);
    await jest.advanceTimersByTimeAsync(1);
    expect(response.aborts).toBe(1);
    expect(bench.ledger.outcome).toMatchObject({
      status: 499,
      errorCode: 'client_closed_request',
      costPusd,
      estimated: true,
    });
    expect(bench.stored).toEqual([]);
    expectOver();
  });

  it('is read on no more where the process ends', async () => {
    const { relay, response, client, bench, expectOver } = setUp({ readOnMs: 0 });
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    await settled();
    expect([response.aborts, bench.ledger.outcome.status]).toEqual([1, 499]);
    expectOver();
  });

  it.each([
    ['breaks off', (response: ScriptedResponse) => response.fail(new UpstreamTransportError('reset', 'x', true)), 499],
    ['ends without its mark', (response: ScriptedResponse) => response.end(), 499],
    ['ends with an error', (response: ScriptedResponse) => response.push(sse.error()), 502],
  ])('is settled once where it %s meanwhile', async (_, finish, status) => {
    const { relay, response, client, bench, expectOver } = setUp();
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    await settled();
    finish(response);
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status, costPusd: ESTIMATE_PUSD });
    expect(jest.getTimerCount()).toBe(0);
    expectOver();
  });

  it('has no unhandled failure where the journal refuses its end', async () => {
    const { relay, response, client, bench, expectOver } = setUp();
    response.push(sse.content('a'));
    await relay.next();
    bench.ledger.refuses = true;
    client.abort();
    response.push(sse.done());
    await settled();
    await relay.return();
    expectOver();
  });
});

describe('a stream whose reader returns', () => {
  it('is settled when the return resolves, also while a read is pending', async () => {
    const { relay, response, bench, expectOver } = setUp();
    response.push(sse.content('a'));
    await relay.next();
    const pending = relay.next();
    const returned = relay.return();
    expect(relay.return()).toBe(returned);
    response.push(sse.content('b') + sse.usage() + sse.done());
    await returned;
    expect(bench.ledger.outcome).toMatchObject({ status: 499, costPusd: USAGE_PUSD });
    expect(await pending).toMatchObject({ done: true, value: { kind: 'done' } });
    expectOver();
  });

  it('is aborted where nothing of it was read', async () => {
    const { relay, response, expectOver } = setUp();
    response.push(sse.content('a'));
    await relay.return();
    expect(response.aborts).toBe(1);
    expectOver();
  });
});

describe('a stream that fails in an unforeseen way', () => {
  const failing = (members: { push?: Error; assemble?: Error }) => ({
    ...translator,
    openStream: () => {
      const decoder = translator.openStream();
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
    const { relay, response, bench, expectOver } = setUp({ decoder: failing({ [where]: error }) });
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
    const { relay, response, bench, client, expectOver } = setUp();
    bench.estimatorError = new Error('no tables');
    response.push(sse.content('a'));
    await relay.next();
    client.abort();
    response.push(sse.done());
    await settled();
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', costPusd: HOLD_PUSD });
    expectOver();
  });

  it('throws what its body throws', async () => {
    const { relay, response, expectOver } = setUp();
    response.fail(new TypeError('bug'));
    await expect(relay.next()).rejects.toThrow('bug');
    expectOver();
  });
});
