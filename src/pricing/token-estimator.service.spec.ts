import { TokenEstimator } from './token-estimator.service';

describe('the token estimator', () => {
  const estimator = new TokenEstimator();
  const usageOf = (content: unknown, answer = '') => estimator.usageOf([{ role: 'user', content }], answer);

  it('counts names of control tokens as the text that they are', async () => {
    const { inputTokens, outputTokens } = await usageOf('before <|endoftext|> after', '<|im_start|>');
    expect(inputTokens).toBeGreaterThan((await usageOf('before  after')).inputTokens);
    expect(outputTokens).toBeGreaterThan(1);
  });

  it.each([
    ['no spaces', '한국어'.repeat(200_000)],
    ['one letter', 'x'.repeat(600_000)],
    ['spaces', ' '.repeat(600_000)],
  ])(
    'does not hold up the process with %s',
    async (_name, text) => {
      const { outputTokens } = await usageOf('', text);
      expect(outputTokens).toBeGreaterThan(text.length / 512);
      expect(outputTokens).toBeLessThan(text.length);
    },
    20_000,
  );

  it('counts the text of parts, and no pictures', async () => {
    const text = { type: 'text', text: 'what is this?' };
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(10_000)}` } };
    const { inputTokens } = await usageOf([text, picture]);
    expect(inputTokens).toBeLessThan(40);
  });
});
