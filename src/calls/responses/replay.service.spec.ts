import { chatCompletions } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { Call, Settlement } from '../call';
import { ReplayService } from './replay.service';

const settlement: Settlement = { cacheStatus: 'HIT', listCostPusd: 5n, costPusd: 0n, savedPusd: 5n };

function stored(content: string, outputTokens: number, message: object = {}, reasoningTokens = 0) {
  const choices = [{ index: 0, message: { role: 'assistant', content, ...message }, finish_reason: 'stop' }];
  const usage = { prompt_tokens: 1, completion_tokens: outputTokens, total_tokens: outputTokens + 1 };
  const body = Buffer.from(JSON.stringify({ id: 'c', object: 'chat.completion', choices, usage, cached: true }));
  return { body, usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens, reasoningTokens } };
}

function callOf(signal: AbortSignal, includeUsage = false): Call {
  const body = {
    model: 'm',
    messages: [{ role: 'user' }],
    stream: true,
    stream_options: { include_usage: includeUsage },
  };
  return { endpoint: chatCompletions, ...chatCompletions.read(body), signal } as unknown as Call;
}

/** The client of an unpaced stream is not watched: that costs a listener a call. */
const unasked = {
  endpoint: chatCompletions,
  ...chatCompletions.read({ model: 'm', messages: [{ role: 'user' }] }),
  get signal(): AbortSignal {
    throw new Error('asked for the signal');
  },
} as unknown as Call;

function textOf(events: string): string {
  return events
    .split('\n\n')
    .filter((event) => event !== '' && event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.slice('data: '.length)).choices[0]?.delta.content ?? '')
    .join('');
}

async function collect(texts: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const text of texts) collected.push(text);
  return collected;
}

describe('ReplayService', () => {
  const service = new ReplayService(new Clock());

  it('gives a short answer in one text', async () => {
    const texts = await collect(service.texts(unasked, stored('두 번째는 무료입니다', 5), settlement, undefined));
    expect(texts).toHaveLength(1);
    expect(textOf(texts.join(''))).toBe('두 번째는 무료입니다');
    expect(texts.join('').endsWith('data: [DONE]\n\n')).toBe(true);
    expect(texts.join('')).not.toContain('"usage"');
  });

  it('tells usage with the cost to those who ask', async () => {
    const call = callOf(new AbortController().signal, true);
    const [text = ''] = await collect(service.texts(call, stored('hi', 1), settlement, undefined));
    const usage = JSON.parse(text.split('\n\n').at(-3)!.slice('data: '.length));
    expect(usage).toMatchObject({ choices: [], usage: { completion_tokens: 1, gateway: { cost_usd: '0' } } });
  });

  it('gives a long answer in texts of a bounded length, and lets others have their turn between them', async () => {
    const content = '한국어 문장을 계속 씁니다. '.repeat(30_000);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const lengths: number[] = [];
    let read = '';
    for await (const text of service.texts(unasked, stored(content, 200_000), settlement, undefined)) {
      lengths.push(text.length);
      read += text;
    }
    clearInterval(counting);
    expect(textOf(read)).toBe(content);
    expect(Math.max(...lengths)).toBeLessThan(32_768);
    expect(lengths.length).toBeGreaterThan(10);
    expect(turns).toBeGreaterThan(3);
  });

  describe('paced', () => {
    const sentence = 'one two three four five six seven eight nine ten ';

    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it('takes as long as the tokens that it shows would', async () => {
      const { signal } = new AbortController();
      const entry = stored(sentence.repeat(2), 1_025, {}, 1_000);
      const startedAt = Date.now();
      const collecting = collect(service.texts(callOf(signal), entry, settlement, 50));
      await jest.runAllTimersAsync();
      const texts = await collecting;
      expect((Date.now() - startedAt) / 500).toBeCloseTo(1, 1);
      expect(texts.length).toBeGreaterThan(9);
      expect(textOf(texts.join(''))).toBe(sentence.repeat(2));
    });

    it('does not wait in addition for a reader that is slow itself', async () => {
      const { signal } = new AbortController();
      const texts = service.texts(callOf(signal), stored(sentence, 10), settlement, 20);
      await texts.next();
      jest.setSystemTime(Date.now() + 600);
      const rest = collect(texts);
      expect(await rest).toHaveLength(1);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('ends when the client leaves, and leaves no timer behind', async () => {
      const departure = new AbortController();
      const texts = service.texts(callOf(departure.signal), stored(sentence, 10_000), settlement, 1);
      await texts.next();
      const next = texts.next();
      await jest.advanceTimersByTimeAsync(20);
      expect(jest.getTimerCount()).toBe(1);
      departure.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(await texts.next()).toEqual({ done: true, value: undefined });
      expect(jest.getTimerCount()).toBe(0);
    });

    it('gives the rest at once when the process is to end', async () => {
      const ending = new ReplayService(new Clock());
      const { signal } = new AbortController();
      const texts = ending.texts(callOf(signal), stored(sentence, 10_000), settlement, 1);
      const { value: first } = await texts.next();
      const next = texts.next();
      await jest.advanceTimersByTimeAsync(20);
      ending.beforeApplicationShutdown();
      const rest = [(await next).value, ...(await collect(texts))];
      expect(textOf(first + rest.join(''))).toBe(sentence);
      expect(rest.at(-1)).toContain('[DONE]');
    });
  });
});
