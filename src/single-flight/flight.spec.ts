import { GatewayError } from '../common/errors';
import { Flight } from './flight';
import type { FlightResult } from './flight-result';
import { flightSource } from './testing/flight-source';

const ORIGIN = { provider: 'openai', upstreamModel: 'gpt-4.1' };
const answer = {
  body: Buffer.from('{}'),
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 },
  listCostPusd: 5n,
  costPusd: 5n,
  ...ORIGIN,
};
const DONE: FlightResult = { kind: 'done', last: '', usageChunk: undefined, answer };

/** A stream that counts the texts that were read and records whether it was ended. */
function sourceOf(texts: string[], end: FlightResult = DONE) {
  const reads = { texts: 0, ended: false };
  async function* source() {
    try {
      for (const text of texts) {
        await Promise.resolve();
        reads.texts += 1;
        yield text;
      }
      return end;
    } finally {
      reads.ended = true;
    }
  }
  return { reads, source: flightSource(source()) };
}

async function readAll(texts: ReturnType<Flight['read']>) {
  let text = '';
  for (;;) {
    const next = await texts.next();
    if (next.done) return { text, end: next.value };
    text += next.value;
  }
}

describe('a flight', () => {
  const ended: Flight[] = [];
  const newFlight = () => new Flight('q', (flight) => ended.push(flight));
  beforeEach(() => void (ended.length = 0));

  it('gives each reader all texts, also a late one, and ends once', async () => {
    const flight = newFlight();
    const { source } = sourceOf(['b', 'c', 'd']);
    const early = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, 'a', source);
    const late = flight.read(flight.subscribe(undefined));
    expect((await late.next()).value).toBe('a');
    expect(await early).toEqual({ text: 'abcd', end: DONE });
    expect(await readAll(late)).toEqual({ text: 'bcd', end: DONE });
    expect(await readAll(flight.read(flight.subscribe(undefined)))).toEqual({ text: 'abcd', end: DONE });
    expect(ended).toEqual([flight]);
  });

  it('reads its source at the pace of its fastest reader', async () => {
    const flight = newFlight();
    const { source, reads } = sourceOf(['b', 'c', 'd', 'e']);
    const [fast, slow] = [flight.read(flight.subscribe(undefined)), flight.read(flight.subscribe(undefined))];
    flight.feed(ORIGIN, 'a', source);
    await slow.next();
    await fast.next();
    expect(reads.texts).toBe(0);
    await fast.next();
    await fast.next();
    expect(reads.texts).toBe(2);
    expect((await slow.next()).value).toBe('bc');
    expect(reads.texts).toBe(2);
  });

  it('continues while it has a subscriber, and ends the source when the last one has left', async () => {
    const flight = newFlight();
    const { source, reads } = sourceOf(['b', 'c', 'd']);
    const [leader, follower] = [new AbortController(), new AbortController()];
    const led = flight.read(flight.subscribe(leader.signal));
    const followed = flight.read(flight.subscribe(follower.signal));
    flight.feed(ORIGIN, 'a', source);
    await led.next();
    leader.abort();
    expect(await led.next()).toEqual({ done: true, value: undefined });
    expect(flight.signal.aborted).toBe(false);
    await followed.next();
    expect((await followed.next()).value).toBe('b');
    follower.abort();
    expect(await followed.next()).toEqual({ done: true, value: undefined });
    await new Promise(setImmediate);
    expect([flight.signal.aborted, reads.ended, ended.length]).toEqual([true, true, 1]);
  });

  it('wakes a reader whose client disconnects while no text arrives', async () => {
    const flight = newFlight();
    const client = new AbortController();
    const waiting = readAll(flight.read(flight.subscribe(client.signal)));
    client.abort();
    expect(await waiting).toEqual({ text: '', end: undefined });
    expect(ended).toEqual([flight]);
    flight.finish(DONE);
    expect(ended).toEqual([flight]);
  });

  it('does not subscribe a client that has disconnected', () => {
    const flight = newFlight();
    expect(flight.subscribe(AbortSignal.abort()).hasLeft).toBe(true);
    expect(flight.signal.aborted).toBe(true);
  });

  it('gives its failure to all waiting subscribers', async () => {
    const flight = newFlight();
    const readers = [1, 2, 3].map(() => readAll(flight.read(flight.subscribe(undefined))));
    const failure: FlightResult = { kind: 'failed', error: new GatewayError('upstream_error'), of: 'upstream' };
    flight.finish(failure);
    expect(await Promise.all(readers)).toEqual(readers.map(() => ({ text: '', end: failure })));
  });

  it('accepts no new subscriber when its buffer is full, and a subscriber that is too far behind loses the stream', async () => {
    const flight = newFlight();
    const megabyte = 'x'.repeat(1024 * 1024);
    const [slow, fast] = [flight.read(flight.subscribe(undefined)), flight.read(flight.subscribe(undefined))];
    const { source } = sourceOf(Array.from({ length: 30 }, () => megabyte));
    flight.feed(ORIGIN, 'a', source);
    await slow.next();
    expect(flight.accepts(0)).toBe(true);
    const read = await readAll(fast);
    expect([read.text.length, read.end]).toEqual([1 + 30 * megabyte.length, DONE]);
    expect(flight.accepts(0)).toBe(false);
    const { text, end } = await readAll(slow);
    expect(text).toBe('');
    expect(end).toMatchObject({ kind: 'broken', code: 'reader_too_slow' });
  });

  it('drops what all subscribers have read, so that the stream may be longer than the buffer', async () => {
    const flight = newFlight();
    const { source, reads } = sourceOf(Array.from({ length: 40 }, () => 'x'.repeat(1024 * 1024)));
    const readers = [1, 2].map(() => readAll(flight.read(flight.subscribe(undefined))));
    flight.feed(ORIGIN, 'a', source);
    for (const { text, end } of await Promise.all(readers))
      expect([text.length, end]).toEqual([1 + 40 * 1024 * 1024, DONE]);
    expect(reads.texts).toBe(40);
  });

  it('gives a subscriber that is behind its texts in pieces', async () => {
    const flight = newFlight();
    const { source } = sourceOf(Array.from({ length: 50 }, () => 'x'.repeat(10_000)));
    const early = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, 'a', source);
    await early;
    const late = flight.read(flight.subscribe(undefined));
    for (let next = await late.next(); !next.done; next = await late.next())
      expect(next.value.length).toBeLessThan(80_000);
  });

  it('starts after the texts that a subscriber already has', async () => {
    const flight = newFlight();
    const { source } = sourceOf(['b', 'c', 'd']);
    const early = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, 'a', source);
    expect(await readAll(flight.read(flight.subscribe(undefined, 2)))).toEqual({ text: 'cd', end: DONE });
    await early;
  });

  it('fails when its source fails', async () => {
    const flight = newFlight();
    const reader = readAll(flight.read(flight.subscribe(undefined)));
    const error = new Error('x');
    // eslint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<string, undefined, undefined> {
      throw error;
    }
    flight.feed(ORIGIN, 'a', flightSource(broken()));
    expect(await reader).toEqual({ text: 'a', end: { kind: 'failed', error, of: 'upstream' } });
  });

  it('reads directly from its source while it has one subscriber, one text at a time', async () => {
    const flight = newFlight();
    const { source, reads } = sourceOf(['b', 'c']);
    const alone = flight.read(flight.subscribe(undefined));
    flight.feed(ORIGIN, 'a', source);
    expect([(await alone.next()).value, reads.texts]).toEqual(['a', 0]);
    expect([(await alone.next()).value, reads.texts]).toEqual(['b', 1]);
    expect([(await alone.next()).value, reads.texts]).toEqual(['c', 2]);
    expect(await alone.next()).toEqual({ done: true, value: DONE });
  });
});
