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

  describe('A7: of other models', () => {
    const advisor = { model: 'claude-opus-4-1', maxUses: 2, maxOutputTokens: 1_000 };
    const isBelievedOf = (model: string, inputTokens: number, outputTokens: number, advisors = [advisor]) => {
      const call = aCall();
      const sent = { ...usage(10, 10), otherModels: [{ model, usage: usage(inputTokens, outputTokens) }] };
      const prepared = aPreparedCall({ ...call, request: { ...call.request, advisors } });
      return believedUsage({ usage: sent, hasToolCalls: false }, prepared, () => 4) !== undefined;
    };

    it('is believed of an advisor that the call asks for', () => {
      expect(isBelievedOf('claude-opus-4-1', 50_000, 1_500)).toBe(true);
      expect(isBelievedOf('claude-opus-4-1-20250805', 50_000, 1_500)).toBe(true);
    });

    it('is not believed of another model, nor beyond what an advisor may read and write', () => {
      expect(isBelievedOf('claude-opus-4-1', 10, 10, [])).toBe(false);
      expect(isBelievedOf('claude-opus-9', 10, 10)).toBe(false);
      expect(isBelievedOf('claude-opus-4-1', 9e15, 10)).toBe(false);
      expect(isBelievedOf('claude-opus-4-1', 10, 9e15)).toBe(false);
    });
  });

  it('is missing where none was sent', () => {
    expect(believedUsage({ usage: undefined, hasToolCalls: false }, aPreparedCall(), () => 4)).toBeUndefined();
  });
});
