import { readUsage } from './read-usage';

/** Usage documents as vendors send them, and what they mean. */
describe('the usage of a call', () => {
  it.each([
    [
      'OpenAI chat',
      {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 128, audio_tokens: 0, accepted_prediction_tokens: 0 },
      },
      { inputTokens: 2006, cachedInputTokens: 1920, outputTokens: 300, reasoningTokens: 128 },
    ],
    [
      'OpenAI responses',
      {
        input_tokens: 328,
        input_tokens_details: { cached_tokens: 64 },
        output_tokens: 52,
        output_tokens_details: { reasoning_tokens: 32 },
        total_tokens: 380,
      },
      { inputTokens: 328, cachedInputTokens: 64, outputTokens: 52, reasoningTokens: 32 },
    ],
    [
      'Anthropic messages',
      { input_tokens: 50, cache_read_input_tokens: 100_000, cache_creation_input_tokens: 248, output_tokens: 503 },
      {
        inputTokens: 100_298,
        cachedInputTokens: 100_000,
        cacheWriteTokens: 248,
        outputTokens: 503,
        reasoningTokens: 0,
      },
    ],
    [
      'Gemini',
      {
        promptTokenCount: 900,
        cachedContentTokenCount: 512,
        candidatesTokenCount: 40,
        thoughtsTokenCount: 160,
        toolUsePromptTokenCount: 25,
        totalTokenCount: 1125,
      },
      { inputTokens: 925, cachedInputTokens: 512, outputTokens: 200, reasoningTokens: 160 },
    ],
    [
      'DeepSeek',
      {
        prompt_tokens: 1000,
        completion_tokens: 20,
        total_tokens: 1020,
        prompt_cache_hit_tokens: 832,
        prompt_cache_miss_tokens: 168,
      },
      { inputTokens: 1000, cachedInputTokens: 832, outputTokens: 20, reasoningTokens: 0 },
    ],
    [
      'xAI, which counts reasoning beside the output',
      {
        prompt_tokens: 37,
        completion_tokens: 9,
        total_tokens: 400,
        completion_tokens_details: { reasoning_tokens: 354 },
      },
      { inputTokens: 37, cachedInputTokens: 0, outputTokens: 363, reasoningTokens: 354 },
    ],
  ])('of %s', (_, document, usage) => {
    expect(readUsage(document)).toEqual(usage);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no counts', {}],
    ['less than nothing', { prompt_tokens: -1, completion_tokens: 1 }],
    ['halves', { prompt_tokens: 1.5, completion_tokens: 1 }],
    ['texts', { prompt_tokens: '1', completion_tokens: 1 }],
    ['more cached than asked', { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } }],
    ['an Anthropic one without input', { cache_read_input_tokens: 5, output_tokens: 1 }],
  ])('is not believed where there is %s', (_, document) => {
    expect(readUsage(document)).toBeUndefined();
  });
});
