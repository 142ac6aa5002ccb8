import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { OwnRedis } from '../support/own-redis';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const EQUAL_CALLS = Number(process.env.EQUAL_CALLS ?? 300);
/** The limit of the long form. */
const TAKE_OVER_MS = Number(process.env.TAKE_OVER_MS ?? Infinity);
const MODEL = 'gpt-4.1';
/** Longer than a lease plus the time in which a busy machine sends the calls. */
const SLOW = 'delay=3000';
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/** The memory of a replica's process. */
function residentMib({ pid }: RunningGateway): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** Equal misses on two replicas at the same time, with failures of the leader. */
describeWithStores('equal misses on two replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let redis: OwnRedis;
  let replicas: RunningGateway[] = [];
  let key: string;
  let question = 0;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    const env = {
      REDIS_URL: redis.url,
      REDIS_TIMEOUT_MS: '500',
    };
    const one = await startGateway({ env });
    replicas = [one];
    const { DATABASE_URL, SECRET_KEY } = one.env;
    replicas.push(await startGateway({ fake: one.fake, env: { ...env, DATABASE_URL, SECRET_KEY } }));
    ({ key } = await one.createKey());
    for (const replica of replicas)
      await eventually(async () => (await replica.request('GET', '/v1/models', key)).status === 200 || undefined);
  });
  afterAll(async () => {
    redis?.thaw();
    for (const replica of replicas.toReversed()) await replica.stop();
    await redis?.stop();
  });

  const next = (directives: string) => `[[${directives}]] equal ${(question += 1)}`;
  const at = (index: number) => replicas[index % replicas.length] as RunningGateway;
  const upstreamCalls = (text: string) =>
    at(0).fake.calls.filter(({ body }) => JSON.stringify(body ?? {}).includes(text.slice(text.indexOf('equal')) + '"'))
      .length;
  const ask = async (index: number, text: string, stream: boolean) => {
    if (!stream) {
      const { status, headers, body } = await at(index).chat(key, text, { model: MODEL });
      return { status, cache: headers.get('x-cache-status'), content: body.choices?.[0].message.content as string };
    }
    const response = await fetch(`${at(index).url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: 'user', content: text }] }),
    });
    const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: '));
    const whole = events.at(-1) === 'data: [DONE]';
    const content = events
      .slice(0, -1)
      .map((event) => JSON.parse(event.slice(6)).choices?.[0]?.delta?.content ?? '')
      .join('');
    return { status: whole ? response.status : 0, cache: response.headers.get('x-cache-status'), content };
  };
  const askAll = (text: string, streams: (index: number) => boolean, count = EQUAL_CALLS) =>
    Promise.all(Array.from({ length: count }, (_, index) => ask(index, text, streams(index))));
  const tally = (answers: { cache: string | null }[]) => {
    const counts: Record<string, number> = {};
    for (const { cache } of answers) counts[cache ?? ''] = (counts[cache ?? ''] ?? 0) + 1;
    return counts;
  };

  it.each([
    ['whole answers', () => false, SLOW],
    ['streams', () => true, `ttft=2500 words=40 gap=20`],
    ['both', (index: number) => index % 3 === 0, `ttft=2500 words=40 gap=20`],
  ])('make one upstream call: %s', async (_, streams, directives) => {
    const text = next(directives);
    const answers = await askAll(text, streams);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(answers.map(({ content }) => content)).size).toBe(1);
    expect(tally(answers)).toEqual({ MISS: 1, COALESCED: EQUAL_CALLS - 1 });
    expect(upstreamCalls(text)).toBe(1);
  });

  it('need little memory while they wait', async () => {
    const idle = replicas.map(residentMib);
    // Connections, and memory that the first calls allocate once, exist already.
    await askAll(next(SLOW), () => false);
    const before = replicas.map(residentMib);
    const text = next(SLOW);
    const answers = askAll(text, () => false);
    await eventually(async () => upstreamCalls(text) === 1 || undefined);
    await delay(1_500);
    const grown = replicas.map((replica, index) => residentMib(replica) - (before[index] ?? 0));
    expect(tally(await answers)).toEqual({ MISS: 1, COALESCED: EQUAL_CALLS - 1 });
    const warmed = before.map((mib, index) => mib - (idle[index] ?? 0));
    process.stderr.write(
      `${EQUAL_CALLS} calls that wait take ${grown.map(Math.round).join(' and ')} MiB on two replicas, ` +
        `the first as many ${warmed.map(Math.round).join(' and ')}\n`,
    );
    expect(Math.max(...grown)).toBeLessThan(32);
  });

  it('share responses that are too long to be sent between replicas', async () => {
    // In few pieces: a flight keeps at most 8 MB of a stream for slow subscribers.
    const long = `${'a-long-answer-'.repeat(700)} `.repeat(350);
    const text = next('delay=1500');
    at(0).fake.script({ text: long }, { prompt: text });
    const answers = await askAll(text, (index) => index % 4 > 1, 24);
    expect(answers.filter(({ status, content }) => status !== 200 || content !== long)).toEqual([]);
    expect({ ...tally(answers), upstream: upstreamCalls(text) }).toMatchObject({ MISS: 1, upstream: 1 });
  });

  it('get a stream from its beginning on the other replica, while it runs', async () => {
    const text = next('words=60 gap=50');
    const led = ask(0, text, true);
    await delay(1_000);
    const followed = await ask(1, text, true);
    const whole = await led;
    expect(followed.content).toBe(whole.content);
    expect([whole.cache, followed.cache]).toEqual(['MISS', 'COALESCED']);
    expect(upstreamCalls(text)).toBe(1);
  });

  it.each([false, true])('get a response although the leader’s client disconnects (streams: %s)', async (streams) => {
    const text = next(streams ? 'ttft=1500 words=20 gap=20' : 'delay=2500');
    const departure = new AbortController();
    const body = JSON.stringify({ model: MODEL, stream: streams, messages: [{ role: 'user', content: text }] });
    const leader = fetch(`${at(0).url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      signal: departure.signal,
    }).catch(() => undefined);
    await eventually(async () => upstreamCalls(text) === 1 || undefined);
    const answers = askAll(text, () => streams, 40);
    await delay(400);
    departure.abort();
    await leader;
    expect(tally(await answers)).toEqual({ COALESCED: 40 });
    expect(upstreamCalls(text)).toBe(1);
  });

  it('make two upstream calls while Redis is away', async () => {
    redis.freeze();
    try {
      await eventually(async () => {
        const text = next('delay=10');
        await Promise.all([ask(0, text, false), ask(1, text, false)]);
        return upstreamCalls(text) === 2 || undefined;
      });
      const text = next(SLOW);
      const answers = await askAll(text, () => false, 60);
      expect(tally(answers)).toEqual({ MISS: 2, COALESCED: 58 });
      expect(upstreamCalls(text)).toBe(2);
    } finally {
      redis.thaw();
    }
    await eventually(async () => {
      const text = next('delay=10');
      await Promise.all([ask(0, text, false), ask(1, text, false)]);
      return upstreamCalls(text) === 1 || undefined;
    });
  });

  it('are sent again if the leader’s process is killed', async () => {
    const text = next('delay=4000');
    const doomed = ask(0, text, false).catch(() => undefined);
    await eventually(async () => upstreamCalls(text) === 1 || undefined);
    const answers = Promise.all(Array.from({ length: 40 }, () => ask(1, text, false)));
    await delay(500);
    const killedAt = performance.now();
    await at(0).kill();
    await eventually(async () => upstreamCalls(text) === 2 || undefined);
    const takenOverMs = performance.now() - killedAt;
    await doomed;
    expect(tally(await answers)).toEqual({ MISS: 1, COALESCED: 39 });
    expect(upstreamCalls(text)).toBe(2);
    process.stderr.write(`a leader that was killed was replaced after ${Math.round(takenOverMs)} ms\n`);
    expect(takenOverMs).toBeLessThan(TAKE_OVER_MS);
    await at(0).start();
  });
});
