import { aCall, aPreparedCall } from '../testing/builders';
import { believedUsage } from './believed-usage';

const usage = (inputTokens: number, outputTokens: number, reasoningTokens = 0) => ({
  inputTokens,
  cachedInputTokens: 0,
  outputTokens,
  reasoningTokens,
});
const isBelieved = (sent: ReturnType<typeof usage>, body = {}, written = 4, hasToolCalls = false) =>
  believedUsage({ usage: sent, hasToolCalls }, aPreparedCall(aCall(body)), () => written) !== undefined;

describe('the usage that an upstream sends', () => {
  it.each([
    ['more input than any model reads', usage(4_294_967_295, 1), {}, 4],
    ['A8: a total that nothing explains', usage(1, 1_999_999_999, 1_999_999_998), { max_tokens: 100 }, 4],
    ['more output than the call’s limit', usage(10, 5_000), { max_tokens: 100 }, 4],
    ['more output than any model writes', usage(10, 2_000_001), {}, 4],
    ['nothing for a text', usage(0, 0), {}, 500],
    ['no output for a text', usage(10, 0), {}, 500],
  ])('A7: is not believed: %s', (_, sent, body, written) => {
    expect(isBelieved(sent, body, written)).toBe(false);
  });

  it('A8: is not believed where tool calls cost no output', () => {
    expect(isBelieved(usage(10, 0), {}, 0, true)).toBe(false);
  });

  it.each([
    ['the limit of each choice', usage(10, 400), { max_tokens: 100, n: 4 }, 4],
    ['some tokens beyond the limit', usage(10, 110), { max_tokens: 100 }, 4],
    ['a long context', usage(2_000_000, 100_000, 90_000), {}, 400_000],
    ['a short text', usage(10, 0), {}, 4],
    ['no text', usage(10, 0), {}, 0],
  ])('is believed: %s', (_, sent, body, written) => {
    expect(isBelieved(sent, body, written)).toBe(true);
  });

  it('is missing where none was sent', () => {
    expect(believedUsage({ usage: undefined, hasToolCalls: false }, aPreparedCall(), () => 4)).toBeUndefined();
  });
});
