import { Flight } from './flight';
import type { FlightResult } from './flight-result';

const ORIGIN = { provider: 'openai', upstreamModel: 'gpt-4.1' };
const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 };
const answer = { body: Buffer.from('{}'), usage, listCostPusd: 5n, costPusd: 5n, ...ORIGIN };
const DONE: FlightResult = { kind: 'done', last: '', usageChunk: undefined, answer };

type Step = IteratorResult<string, FlightResult | undefined>;

/** A source whose steps the test controls. */
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
  const ended: Flight[] = [];
  const newFlight = () => new Flight('q', (flight) => ended.push(flight));
  beforeEach(() => void (ended.length = 0));

  it('gives a subscriber that joins during a read all texts, and continues when only it is left', async () => {
    const flight = newFlight();
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

  it('ends its source once when its last subscriber leaves during a read', async () => {
    const flight = newFlight();
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
    expect([returns(), ended]).toEqual([1, [flight]]);
  });

  it('ends a source that it gets after its last subscriber has left', () => {
    const flight = newFlight();
    const { source, returns } = heldSource();
    flight.subscribe(undefined).leave();
    flight.feed(ORIGIN, 'a', source);
    expect(returns()).toBe(1);
  });

  it('lets a waiting subscriber read the source, also without a first text and after the leader has left', async () => {
    const flight = newFlight();
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

  it('ends its source when it is finished before its source has ended', async () => {
    const flight = newFlight();
    const { source, returns } = heldSource();
    const subscription = flight.subscribe(undefined);
    flight.feed(ORIGIN, 'a', source);
    flight.finish({ kind: 'failed', error: new Error('bug'), of: 'upstream' });
    subscription.leave();
    expect(returns()).toBe(1);
  });

  it('does not return a source that it has read to the end', async () => {
    const flight = newFlight();
    const { source, returns, end } = heldSource();
    const read = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, '', source);
    await new Promise(setImmediate);
    end(DONE);
    await read;
    expect([returns(), ended]).toEqual([0, [flight]]);
  });

  it('fails when its source ends without a result', async () => {
    const flight = newFlight();
    const { source, end } = heldSource();
    const read = readAll(flight.read(flight.subscribe(undefined)));
    flight.feed(ORIGIN, '', source);
    await new Promise(setImmediate);
    end(undefined);
    expect((await read).end).toMatchObject({ kind: 'failed', of: 'lost' });
  });
});
