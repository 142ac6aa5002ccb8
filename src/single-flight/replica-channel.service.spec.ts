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

/** Redis as two processes see it: who leads, and the letters, of which some can be lost. */
class Between {
  held: Lease | undefined;
  away = false;
  /** How many of the next letters nobody gets. */
  losses = 0;
  readonly boxes = new Map<string, (text: string) => void>();
}

class Leases extends FlightLeaseStore {
  constructor(private readonly between: Between) {
    super(NO_REDIS);
  }
  override get isConfigured(): boolean {
    return true;
  }
  override holder(): Promise<Lease | undefined> {
    return this.between.away ? Promise.reject(new RedisAwayError('away')) : Promise.resolve(this.between.held);
  }
  override renew(): Promise<boolean> {
    return this.between.away ? Promise.reject(new RedisAwayError('away')) : Promise.resolve(true);
  }
  override release(): Promise<void> {
    this.between.held = undefined;
    return Promise.resolve();
  }
}

class Letters extends PubSubStore {
  constructor(private readonly between: Between) {
    super(NO_REDIS);
  }
  override send(channel: string, text: string): Promise<boolean> {
    const { away, boxes } = this.between;
    const receive = boxes.get(channel);
    if (away || !receive) return Promise.resolve(false);
    if (this.between.losses > 0) this.between.losses -= 1;
    else setImmediate(() => receive(text));
    return Promise.resolve(true);
  }
  override subscribe(channel: string, listener: (text: string) => void): void {
    this.between.boxes.set(channel, listener);
  }
}

/** A stream that gives a text whenever it is told to. */
function toldSource() {
  const waiting: ((text: string | undefined) => void)[] = [];
  async function* source(end: FlightResult) {
    for (;;) {
      const text = await new Promise<string | undefined>((resolve) => waiting.push(resolve));
      if (text === undefined) return end;
      yield text;
    }
  }
  const say = async (text: string | undefined) => {
    while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    waiting.shift()?.(text);
  };
  return { source, say };
}

describe('a flight that is read on another replica', () => {
  let between: Between;
  let wires: ReplicaChannel[];
  let leader: Leases;
  let led: Flight;
  let followed: Flight;
  let say: (text: string | undefined) => Promise<void>;
  let read: Promise<{ text: string; end: FlightResult | undefined }>;

  beforeEach(() => {
    between = new Between();
    leader = new Leases(between);
    const stores = [leader, new Leases(between)];
    wires = stores.map((leases) => new ReplicaChannel(leases, new Letters(between)));
    for (const wire of wires) wire.onModuleInit();
    const [here, there] = wires as [ReplicaChannel, ReplicaChannel];
    const lease = { replica: leader.replica, fence: 1 };
    between.held = lease;
    led = new Flight('q', (flight) => here.over(flight));
    followed = new Flight('q', (flight) => there.over(flight));
    here.lead(led, lease);
    there.follow(followed, lease);
    read = readAll(followed.read(followed.subscribe(undefined)));
  });
  afterEach(() => {
    for (const wire of wires) wire.onApplicationShutdown();
  });

  const begin = (end: FlightResult = doneWith(Buffer.from('{}'))) => {
    const told = toldSource();
    ({ say } = told);
    void readAll(led.read(led.subscribe(undefined)));
    led.feed(ORIGIN, 'a', flightSource(told.source(end)));
  };

  it('comes whole', async () => {
    begin();
    await say('b');
    await say(undefined);
    expect(await read).toEqual({ text: 'ab', end: doneWith(Buffer.from('{}')) });
  });

  it.each([1, 2, 5])('comes whole though %i letters are lost on the way', async (losses) => {
    begin();
    await say('b');
    between.losses = losses;
    await say('c');
    await say('d');
    await say('e');
    await say(undefined);
    expect(await read).toMatchObject({ text: 'abcde', end: { kind: 'done' } });
  });

  it('is gone on with when Redis comes back', async () => {
    begin();
    await say('b');
    await new Promise((resolve) => setTimeout(resolve, 50));
    between.away = true;
    await say('c');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    between.away = false;
    await say('d');
    await say(undefined);
    expect(await read).toMatchObject({ text: 'abcd', end: { kind: 'done' } });
  });

  it('is lost at once while Redis is away and nothing has come of it', async () => {
    between.losses = 1;
    between.away = true;
    expect(await read).toMatchObject({ text: '', end: { kind: 'failed', of: 'lost' } });
  });

  it.each([
    ['its leader is gone', undefined],
    ['another one leads', { replica: 'other', fence: 2 }],
  ])('is lost when %s', async (_, holder) => {
    between.boxes.clear();
    between.held = holder;
    expect(await read).toMatchObject({ text: '', end: { kind: 'failed', of: 'lost' } });
  });

  it('brings no answer that is too long for a letter, and says so only when it is stored', async () => {
    const order: string[] = [];
    led.stored = new Promise((resolve) => setTimeout(() => resolve(void order.push('stored')), 200));
    begin(doneWith(Buffer.alloc(2 * 1024 * 1024, 'x')));
    await say(undefined);
    const { end } = await read;
    order.push('told');
    expect(order).toEqual(['stored', 'told']);
    expect(end).toMatchObject({ kind: 'done', last: 'end' });
    expect(end?.kind === 'done' && end.answer.body.length).toBe(0);
  });

  it('tells of its failure', async () => {
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
