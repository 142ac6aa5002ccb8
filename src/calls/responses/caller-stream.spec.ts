import { GatewayError } from '../../common/errors';
import type { FlightResult } from '../../single-flight/flight-result';
import { aSharedAnswer, readToEnd, ScriptedSource, sse, USAGE } from '../testing/answers';
import { aCall } from '../testing/builders';
import type { Settlement } from '../call';
import { CallerStream, lastEvents } from './caller-stream';

const USAGE_CHUNK = JSON.stringify({ id: 'c', choices: [], usage: USAGE });
const DONE: FlightResult = { kind: 'done', last: sse.stop(), usageChunk: USAGE_CHUNK, answer: aSharedAnswer() };
const BROKEN: FlightResult = {
  kind: 'broken',
  last: sse.content('b'),
  error: new GatewayError('upstream_error', { message: 'cut' }),
  code: 'upstream_stream_cut',
};
const settlementOf = (): Settlement => ({
  cacheStatus: 'COALESCED',
  listCostPusd: 750n,
  costPusd: 0n,
  savedPusd: 750n,
});
const calls = {
  'wants usage': aCall({ stream: true, stream_options: { include_usage: true } }),
  'wants none': aCall({ stream: true }),
};

function setUp(source: ScriptedSource, call = calls['wants none']) {
  const ends: (FlightResult | undefined)[] = [];
  const onEnd = async (result: FlightResult | undefined) => void ends.push(result);
  return { ends, stream: new CallerStream(call, source, settlementOf, onEnd) };
}

describe('the last events of one caller’s stream', () => {
  const last = (result: FlightResult, { endpoint: { render }, request } = calls['wants none']) =>
    lastEvents(result, { render, request }, settlementOf);

  it('have the usage with the caller’s own cost where it wants usage', () => {
    const [stop, usage, done] = last(DONE, calls['wants usage']).trimEnd().split('\n\n');
    expect([`${stop}\n\n`, done]).toEqual([sse.stop(), 'data: [DONE]']);
    const gateway = { cost_usd: '0', saved_usd: '0.00000000075', cache_status: 'COALESCED' };
    expect(JSON.parse(usage!.slice('data: '.length)).usage).toEqual({ ...USAGE, gateway });
  });

  it('have none where it wants none', () => expect(last(DONE)).toBe(sse.stop() + sse.done()));

  it('have none where the upstream told none', () => {
    expect(last({ ...DONE, usageChunk: undefined }, calls['wants usage'])).toBe(sse.stop() + sse.done());
  });

  it('are an error, and no end mark, where the stream broke off', () => {
    const text = last(BROKEN);
    expect(text.startsWith(sse.content('b'))).toBe(true);
    expect(text).toContain('"message":"cut"');
    expect(text).not.toContain('[DONE]');
  });

  it('are what closed the stream, where the decoder closed it', () => {
    expect(last({ ...BROKEN, isClosed: true })).toBe(sse.content('b'));
  });

  it('are an error where the flight failed', () => {
    const failed: FlightResult = { kind: 'failed', error: new TypeError('bug'), of: 'upstream' };
    expect(last(failed)).toContain('internal_error');
    expect(last(failed)).not.toContain('bug');
  });
});

describe('one caller’s stream', () => {
  it('shows the usage that stands in each chunk only to a caller that wants usage', async () => {
    const chunk = 'data: {"choices":[],"usage":null}\n\n';
    for (const [wants, text] of [
      ['wants usage', chunk],
      ['wants none', 'data: {"choices":[]}\n\n'],
    ] as const) {
      const { stream } = setUp(new ScriptedSource([chunk, chunk], DONE), calls[wants]);
      const response = await stream.start({}, chunk);
      expect(response.first).toBe(text);
      expect((await readToEnd(response.rest)).text).toBe(text + text);
    }
  });

  it('begins with the first text of its source where none was read, and ends once', async () => {
    const { stream, ends } = setUp(new ScriptedSource(['a', 'b'], DONE));
    const { first, rest } = await stream.start({ 'x-a': '1' });
    expect(first).toBe('a');
    expect(await readToEnd(rest)).toEqual({ text: 'b', end: sse.stop() + sse.done() });
    expect(await rest.next()).toEqual({ done: true, value: '' });
    await rest.return();
    expect(ends).toStrictEqual([DONE]);
  });

  it('is one text where it comes at once', async () => {
    const { stream, ends } = setUp(new ScriptedSource([], DONE));
    const { first, rest } = await stream.start({});
    expect(first).toBe(sse.stop() + sse.done());
    expect(await rest.next()).toEqual({ done: true, value: '' });
    expect(ends).toStrictEqual([DONE]);
  });

  it('returns its source when the caller leaves, and ends once', async () => {
    const source = new ScriptedSource(['a', 'b'], DONE);
    const { stream, ends } = setUp(source);
    const { rest } = await stream.start({});
    await rest.return();
    await rest.return();
    expect([source.returns, ends]).toStrictEqual([1, [undefined]]);
    expect(await rest.next()).toEqual({ done: true, value: '' });
  });

  it('ends once where the caller leaves while a text is waited for', async () => {
    let arrive: ((step: IteratorResult<string, undefined>) => void) | undefined;
    const source = new ScriptedSource([], DONE);
    jest.spyOn(source, 'next').mockReturnValue(new Promise((resolve) => (arrive = resolve)));
    const { stream, ends } = setUp(source);
    const pending = stream.next();
    const returned = stream.return();
    arrive?.({ done: true, value: undefined });
    await returned;
    expect(await pending).toEqual({ done: true, value: '' });
    expect(ends).toStrictEqual([undefined]);
  });

  it('is empty at its end where it was abandoned', async () => {
    const { stream, ends } = setUp(new ScriptedSource(['a'], undefined));
    const { rest } = await stream.start({});
    expect(await rest.next()).toEqual({ done: true, value: '' });
    expect(ends).toStrictEqual([undefined]);
  });

  it('throws what its source throws, having returned it where nothing was sent', async () => {
    const source = new ScriptedSource([], new GatewayError('unavailable'));
    const { stream, ends } = setUp(source);
    await expect(stream.start({})).rejects.toMatchObject({ code: 'unavailable' });
    expect([source.returns, ends]).toStrictEqual([1, [undefined]]);
  });

  it('throws where its end cannot be written, and does not write another', async () => {
    const refuse = jest.fn().mockRejectedValue(new GatewayError('unavailable'));
    const stream = new CallerStream(calls['wants none'], new ScriptedSource([], DONE), settlementOf, refuse);
    await expect(stream.start({})).rejects.toMatchObject({ code: 'unavailable' });
    expect(refuse).toHaveBeenCalledTimes(1);
  });
});
