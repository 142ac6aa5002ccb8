import { GatewayError } from '../common/errors';
import type { GatewayConfig } from '../config/gateway-config';
import { PubSubStore } from '../redis/pub-sub.store';
import { RedisAwayError, RedisConnection } from '../redis/redis.connection';
import { Flight } from './flight';
import type { FlightResult } from './flight-result';
import { flightSource } from './testing/flight-source';
import { FlightLeaseStore, type Lease } from './lease.store';
import { ReplicaChannel } from './replica-channel.service';

const ORIGIN = { provider: 'openai', upstreamModel: 'gpt-4.1' };
const doneWith = (body: Buffer): FlightResult => ({
  kind: 'done',
  last: 'end',
  usageChunk: undefined,
  answer: {
    body,
    usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0 },
    listCostPusd: 5n,
    costPusd: 5n,
    ...ORIGIN,
  },
});

const NO_REDIS = RedisConnection.open({ redisUrl: undefined, redisTimeoutMs: 1 } as GatewayConfig);

/** A Redis that two replicas share: the lease in force, and the messages, some of which can be lost. */
class SharedRedis {
  held: Lease | undefined;
  away = false;
  /** How many of the next messages are lost. */
  losses = 0;
  /** How many of the next looks find no lease. */
  lapses = 0;
  readonly listeners = new Map<string, (text: string) => void>();
}

class Leases extends FlightLeaseStore {
  constructor(private readonly sharedRedis: SharedRedis) {
    super(NO_REDIS);
  }
  override get isConfigured(): boolean {
    return true;
  }
  override holder(): Promise<Lease | undefined> {
    if (this.sharedRedis.away) return Promise.reject(new RedisAwayError('away'));
    if (this.sharedRedis.lapses === 0) return Promise.resolve(this.sharedRedis.held);
    this.sharedRedis.lapses -= 1;
    return Promise.resolve(undefined);
  }
  override renew(): Promise<boolean> {
    return this.sharedRedis.away ? Promise.reject(new RedisAwayError('away')) : Promise.resolve(true);
  }
  override release(): Promise<void> {
    this.sharedRedis.held = undefined;
    return Promise.resolve();
  }
}

class Messages extends PubSubStore {
  constructor(private readonly sharedRedis: SharedRedis) {
    super(NO_REDIS);
  }
  override send(channel: string, text: string): Promise<boolean> {
    const { away, listeners } = this.sharedRedis;
    const receive = listeners.get(channel);
    if (away || !receive) return Promise.resolve(false);
    if (this.sharedRedis.losses > 0) this.sharedRedis.losses -= 1;
    else setImmediate(() => receive(text));
    return Promise.resolve(true);
  }
  override subscribe(channel: string, listener: (text: string) => void): void {
    this.sharedRedis.listeners.set(channel, listener);
  }
}

/** A stream whose texts the test sends. */
function controlledSource() {
  const waiting: ((text: string | undefined) => void)[] = [];
  async function* source(end: FlightResult) {
    for (;;) {
      const text = await new Promise<string | undefined>((resolve) => waiting.push(resolve));
      if (text === undefined) return end;
      yield text;
    }
  }
  const sendText = async (text: string | undefined) => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting.shift()?.(text);
  };
  return { source, sendText };
}

describe('a flight that is read on another replica', () => {
  let sharedRedis: SharedRedis;
  let channels: ReplicaChannel[];
  let leader: Leases;
  let led: Flight;
  let followed: Flight;
  let sendText: (text: string | undefined) => Promise<void>;
  let read: Promise<{ text: string; end: FlightResult | undefined }>;

  beforeEach(() => {
    sharedRedis = new SharedRedis();
    leader = new Leases(sharedRedis);
    const stores = [leader, new Leases(sharedRedis)];
    channels = stores.map((leases) => new ReplicaChannel(leases, new Messages(sharedRedis)));
    for (const channel of channels) channel.onModuleInit();
    const [here, there] = channels as [ReplicaChannel, ReplicaChannel];
    const lease = { replica: leader.replica, fence: 1 };
    sharedRedis.held = lease;
    led = new Flight('q', (flight) => here.onFlightEnd(flight));
    followed = new Flight('q', (flight) => there.onFlightEnd(flight));
    here.lead(led, lease);
    there.follow(followed, lease);
    read = readAll(followed.read(followed.subscribe(undefined)));
  });
  afterEach(() => {
    for (const channel of channels) channel.onApplicationShutdown();
  });

  const begin = (end: FlightResult = doneWith(Buffer.from('{}'))) => {
    const controlled = controlledSource();
    ({ sendText } = controlled);
    void readAll(led.read(led.subscribe(undefined)));
    led.feed(ORIGIN, 'a', flightSource(controlled.source(end)));
  };

  it('arrives whole', async () => {
    begin();
    await sendText('b');
    await sendText(undefined);
    expect(await read).toEqual({ text: 'ab', end: doneWith(Buffer.from('{}')) });
  });

  it.each([1, 2, 5])('arrives whole when %i messages are lost', async (losses) => {
    begin();
    await sendText('b');
    sharedRedis.losses = losses;
    await sendText('c');
    await sendText('d');
    await sendText('e');
    await sendText(undefined);
    expect(await read).toMatchObject({ text: 'abcde', end: { kind: 'done' } });
  });

  it('continues when Redis is back', async () => {
    begin();
    await sendText('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    sharedRedis.away = true;
    await sendText('c');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    sharedRedis.away = false;
    await sendText('d');
    await sendText(undefined);
    expect(await read).toMatchObject({ text: 'abcd', end: { kind: 'done' } });
  });

  it('is lost at once while Redis is away and no text has arrived', async () => {
    sharedRedis.losses = 1;
    sharedRedis.away = true;
    expect(await read).toMatchObject({ text: '', end: { kind: 'failed', of: 'lost' } });
  });

  it('is not lost when a busy leader has renewed its lease too late, before any text', async () => {
    sharedRedis.losses = Infinity;
    sharedRedis.lapses = 1;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(sharedRedis.lapses).toBe(0);
    sharedRedis.losses = 0;
    begin();
    await sendText(undefined);
    expect(await read).toMatchObject({ text: 'a', end: { kind: 'done' } });
  });

  it.each([
    ['its leader is gone', undefined],
    ['another replica leads', { replica: 'other', fence: 2 }],
  ])('is lost when %s', async (_, holder) => {
    sharedRedis.listeners.clear();
    sharedRedis.held = holder;
    expect(await read).toMatchObject({ text: '', end: { kind: 'failed', of: 'lost' } });
  });

  it('ends without a body that is too long for a message, after the response is stored', async () => {
    const order: string[] = [];
    led.stored = new Promise((resolve) => setTimeout(() => resolve(void order.push('stored')), 200));
    begin(doneWith(Buffer.alloc(2 * 1024 * 1024, 'x')));
    await sendText(undefined);
    const { end } = await read;
    order.push('received');
    expect(order).toEqual(['stored', 'received']);
    expect(end).toMatchObject({ kind: 'done', last: 'end' });
    expect(end?.kind === 'done' && end.answer.body.length).toBe(0);
  });

  it('sends its failure', async () => {
    const error = new GatewayError('upstream_error', { message: 'no' });
    led.subscribe(undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    led.finish({ kind: 'failed', error, of: 'upstream' });
    const { end } = await read;
    expect(end).toMatchObject({ kind: 'failed', of: 'upstream' });
    expect(end?.kind === 'failed' && end.error).toMatchObject({ message: 'no', status: 502 });
  });
});

async function readAll(texts: ReturnType<Flight['read']>) {
  let text = '';
  for (;;) {
    const next = await texts.next();
    if (next.done) return { text, end: next.value };
    text += next.value;
  }
}
