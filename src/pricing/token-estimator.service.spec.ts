import { chatCompletions } from '@thriftgate/providers';
import { TokenEstimator } from './token-estimator.service';

describe('the token estimator', () => {
  const estimator = new TokenEstimator();
  const usageOf = (content: unknown, response = '', members = {}) =>
    estimator.usageOf(chatCompletions.content({ messages: [{ role: 'user', content }], ...members }), response);

  it('counts names of control tokens as text', async () => {
    const { inputTokens, outputTokens } = await usageOf('before <|endoftext|> after', '<|im_start|>');
    expect(inputTokens).toBeGreaterThan((await usageOf('before  after')).inputTokens);
    expect(outputTokens).toBeGreaterThan(1);
  });

  it.each([
    ['no spaces', '한국어'.repeat(200_000)],
    ['one repeated character', 'x'.repeat(600_000)],
    ['spaces', ' '.repeat(600_000)],
  ])(
    'does not block the process with %s',
    async (_name, text) => {
      const { outputTokens } = await usageOf('', text);
      expect(outputTokens).toBeGreaterThan(text.length / 512);
      expect(outputTokens).toBeLessThan(text.length);
    },
    20_000,
  );

  it.each([
    ['long texts', Array.from({ length: 60 }, (_, at) => `${at} ${'some words of it '.repeat(6_000)}`)],
    ['short texts', Array.from({ length: 60_000 }, (_, at) => `part ${at}`)],
  ])('A5: gives other calls their turns, and extrapolates many %s', async (_what, texts) => {
    const messages = texts.map((content) => ({ role: 'user', content }));
    const few = (await usageOf('', '', { messages: messages.slice(0, messages.length / 60) })).inputTokens;
    let [turns, goesOn] = [0, true];
    const other = () => {
      turns += 1;
      if (goesOn) setImmediate(other);
    };
    setImmediate(other);
    const { inputTokens } = await usageOf('', '', { messages });
    goesOn = false;
    expect(turns).toBeGreaterThan(40);
    expect(turns).toBeLessThan(100);
    expect(inputTokens / few).toBeGreaterThan(50);
    expect(inputTokens / few).toBeLessThan(70);
  });

  it('counts a text that begins like a data URL as text (A2)', async () => {
    const { inputTokens } = await usageOf(`data:${' word'.repeat(1_000)}`);
    expect(inputTokens).toBeGreaterThan(1_000);
  });

  it('counts tools, functions and schemas (A2)', async () => {
    const description = 'long words about it '.repeat(500);
    const tools = [{ type: 'function', function: { name: 'f', description } }];
    const plain = (await usageOf('hi')).inputTokens;
    for (const members of [{ tools }, { functions: [tools[0]?.function] }, { response_format: { description } }])
      expect((await usageOf('hi', '', members)).inputTokens).toBeGreaterThan(plain + 1_500);
  });

  it('counts the text of content parts, and an image as one attachment', async () => {
    const text = { type: 'text', text: 'what is this?' };
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(10_000)}` } };
    const { inputTokens } = await usageOf([text, image]);
    expect(inputTokens).toBeGreaterThan(1_500);
    expect(inputTokens).toBeLessThan(1_540);
  });
});
