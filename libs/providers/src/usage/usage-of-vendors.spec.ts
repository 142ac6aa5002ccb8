import { readUsage } from './read-usage';

describe('usage with members of single vendors', () => {
  it.each<[string, object, object]>([
    [
      'R17: cached tokens in details of another name',
      { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000, prompt_token_details: { cached_tokens: 900 } },
      { inputTokens: 1000, cachedInputTokens: 900, outputTokens: 0, reasoningTokens: 0 },
    ],
    [
      'R17: the number of cached tokens beside the counts',
      { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000, num_cached_tokens: 900 },
      { inputTokens: 1000, cachedInputTokens: 900, outputTokens: 0, reasoningTokens: 0 },
    ],
    [
      'R17: DashScope, with a prompt cache write in the details',
      {
        prompt_tokens: 1000,
        completion_tokens: 0,
        total_tokens: 1000,
        prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 900 },
      },
      { inputTokens: 1000, cachedInputTokens: 0, cacheWriteTokens: 900, outputTokens: 0, reasoningTokens: 0 },
    ],
    [
      'R17: reasoning beside the counts, as a part of the output',
      { prompt_tokens: 10, completion_tokens: 100, total_tokens: 110, reasoning_tokens: 60 },
      { inputTokens: 10, cachedInputTokens: 0, outputTokens: 100, reasoningTokens: 60 },
    ],
    [
      'R17: Perplexity, with reasoning that is more than the output',
      { prompt_tokens: 33, completion_tokens: 7163, total_tokens: 7196, reasoning_tokens: 73997 },
      { inputTokens: 33, cachedInputTokens: 0, outputTokens: 81160, reasoningTokens: 73997 },
    ],
  ])('is read: %s', (_, document, usage) => expect(readUsage(document)).toEqual(usage));
});
