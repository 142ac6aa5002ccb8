import { Flight } from './flight';
import type { FlightResult } from './flight-result';

const ORIGIN = { provider: 'openai', upstreamModel: 'gpt-4.1' };
const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const answer = { body: Buffer.from('{}'), usage, listCostPusd: 5n, costPusd: 5n, ...ORIGIN };
const DONE: FlightResult = { kind: 'done', last: '', usageChunk: undefined, answer };

type Step = IteratorResult<string, FlightResult | undefined>;

/** A source whose next step the test gives. */
function heldSource() {
  let give: ((step: Step) => void) | undefined;
  let returned = 0;
  const source = {
    next: () => new Promise<Step>((resolve) => (give = resolve)),
    return: async () => void (returned += 1),
  };
  return {
    source,
    step: (value: string) => give?.({ done: false, value }),
    end: (value: FlightResult | undefined) => give?.({ done: true, value }),
    returns: () => returned,
  };
}

async function readAll(texts: ReturnType<Flight['read']>) {
  let text = '';
  for (;;) {
    const next = await texts.next();
    if (next.done) return { text, end: next.value };
    text += next.value;
  }
}

describe('a flight that reads a source', () => {
  const over: Flight[] = [];
  const take = () => new Flight('q', (flight) => over.push(flight));
  beforeEach(() => void (over.length = 0));

  it('gives a subscriber that comes while the source is read all of it, and the one that is alone then goes on', async () => {
    const flight = take();
    const { source, step } = heldSource();
    const [client, other] = [new AbortController(), new AbortController()];
    const early = flight.read(flight.subscribe(client.signal));
    flight.feed(ORIGIN, 'a', source);
    await early.next();
    const pending = early.next();
    const late = flight.read(flight.subscribe(other.signal));
    expect((await late.next()).value).toBe('a');
    const waiting = late.next();
    client.abort();
    step('b');
    expect(await waiting).toEqual({ done: false, value: 'b' });
    expect(await pending).toEqual({ done: true, value: undefined });
    const next = late.next();
    step('c');
    expect(await next).toEqual({ done: false, value: 'c' });
    expect(flight.signal.aborted).toBe(false);
  });

  it('ends its source once where its last subscriber leaves while the source is read', async () => {
    const flight = take();
    const { source, step, returns } = heldSource();
    const client = new AbortController();
    const reader = flight.read(flight.subscribe(client.signal));
    flight.feed(ORIGIN, '', source);
    const pending = reader.next();
    client.abort();
    client.abort();
    expect([returns(), flight.signal.aborted]).toEqual([1, true]);
    step('b');
    expect(await pending).toEqual({ done: true, value: undefined });
    await reader.return();
    expect([returns(), over]).toEqual([1, [flight]]);
  });

  it('ends a source that comes after its last subscriber has left', () => {
    const flight = take();
    const { source, returns } = heldSource();
    flight.subscribe(undefined).leave();
    flight.feed(ORIGIN, 'a', source);
    expect(returns()).toBe(1);
  });

  it('has its source read by a subscriber that waits, also where no text came with it and the leader has left', async () => {
    const flight = take();
    const { source, end } = heldSource();
    const leader = flight.subscribe(undefined);
    const follower = readAll(flight.read(flight.subscribe(undefined)));
    leader.leave();
    await new Promise(setImmediate);
    flight.feed(ORIGIN, '', source);
    await new Promise(setImmediate);
    end(DONE);
    expect(await follower).toEqual({ text: '', end: DONE });
  });

  it('ends its source where it is finished before its source is', async () => {
    const flight = take();
    const { source, returns } = heldSource();
    const subscription = flight.subscribe(undefined);
    flight.feed(ORIGIN, 'a', source);
    flight.finish({ kind: 'failed', error: new Error('bug'), of: 'upstream' });
    subscription.leave();
    expect(returns()).toBe(1);
  });

  it('does not return a source that it has read to its end', async () => {
    const flight = take();
    const { source, returns, end } = heldSource();
    const read = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, '', source);
    await new Promise(setImmediate);
    end(DONE);
    await read;
    expect([returns(), over]).toEqual([0, [flight]]);
  });

  it('fails where its source ends without a result', async () => {
    const flight = take();
    const { source, end } = heldSource();
    const read = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, '', source);
    await new Promise(setImmediate);
    end(undefined);
    expect((await read).end).toMatchObject({ kind: 'failed', of: 'lost' });
  });
});
