import { readUsage } from './read-usage';

describe('readUsage', () => {
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
      "R17: OpenAI chat with Anthropic's names beside it",
      { prompt_tokens: 1000, completion_tokens: 5, total_tokens: 1005, cache_read_input_tokens: 900 },
      { inputTokens: 1000, cachedInputTokens: 900, outputTokens: 5, reasoningTokens: 0 },
    ],
    [
      'OpenAI chat with a prompt cache write',
      {
        prompt_tokens: 3300,
        completion_tokens: 40,
        total_tokens: 3340,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 3207 },
      },
      { inputTokens: 3300, cachedInputTokens: 0, cacheWriteTokens: 3207, outputTokens: 40, reasoningTokens: 0 },
    ],
    [
      'OpenAI responses with a prompt cache write',
      {
        input_tokens: 3300,
        input_tokens_details: { cached_tokens: 64, cache_write_tokens: 3207 },
        output_tokens: 40,
        total_tokens: 3340,
      },
      { inputTokens: 3300, cachedInputTokens: 64, cacheWriteTokens: 3207, outputTokens: 40, reasoningTokens: 0 },
    ],
    [
      'Anthropic messages with thinking',
      {
        input_tokens: 12,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: null,
        output_tokens: 503,
        output_tokens_details: { thinking_tokens: 400 },
      },
      { inputTokens: 12, cachedInputTokens: 0, outputTokens: 503, reasoningTokens: 400 },
    ],
    [
      'Anthropic messages with cache writes for an hour',
      {
        input_tokens: 10,
        cache_read_input_tokens: 300,
        cache_creation_input_tokens: 700,
        cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 500 },
        output_tokens: 5,
      },
      {
        inputTokens: 1010,
        cachedInputTokens: 300,
        cacheWriteTokens: 700,
        longCacheWriteTokens: 500,
        outputTokens: 5,
        reasoningTokens: 0,
      },
    ],
    [
      'Anthropic messages whose context was compacted, with an advisor of another price',
      {
        input_tokens: 100,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
        output_tokens: 40,
        iterations: [
          { type: 'compaction', input_tokens: 5000, cache_read_input_tokens: 1000, output_tokens: 300 },
          { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 900, output_tokens: 90 },
          {
            type: 'message',
            input_tokens: 100,
            cache_creation_input_tokens: 20,
            cache_creation: { ephemeral_1h_input_tokens: 20 },
            output_tokens: 40,
          },
        ],
      },
      {
        inputTokens: 6120,
        cachedInputTokens: 1000,
        cacheWriteTokens: 20,
        longCacheWriteTokens: 20,
        otherModels: [
          {
            model: 'claude-opus-5-5',
            usage: { inputTokens: 900, cachedInputTokens: 0, outputTokens: 90, reasoningTokens: 0 },
          },
        ],
        outputTokens: 340,
        reasoningTokens: 0,
      },
    ],
    [
      'Anthropic messages that another model took over',
      {
        input_tokens: 100,
        cache_read_input_tokens: 0,
        cache_creation_input_tokens: 0,
        output_tokens: 40,
        iterations: [
          { type: 'message', input_tokens: 100, output_tokens: 0 },
          { type: 'fallback_message', input_tokens: 100, output_tokens: 40 },
        ],
      },
      { inputTokens: 100, cachedInputTokens: 0, outputTokens: 40, reasoningTokens: 0 },
    ],
    [
      'the OpenAI endpoint of Gemini, where only the total includes thoughts',
      { prompt_tokens: 20, completion_tokens: 424, total_tokens: 1016 },
      { inputTokens: 20, cachedInputTokens: 0, outputTokens: 996, reasoningTokens: 572 },
    ],
    [
      'an API that counts cached input beside the prompt',
      { prompt_tokens: 20, completion_tokens: 4, total_tokens: 124, cache_creation_input_tokens: 10 },
      { inputTokens: 20, cachedInputTokens: 0, cacheWriteTokens: 10, outputTokens: 4, reasoningTokens: 0 },
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
      'R17: Moonshot, with cached tokens beside the counts',
      { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000, cached_tokens: 1000 },
      { inputTokens: 1000, cachedInputTokens: 1000, outputTokens: 0, reasoningTokens: 0 },
    ],
    [
      'xAI, where output excludes reasoning',
      {
        prompt_tokens: 37,
        completion_tokens: 9,
        total_tokens: 400,
        completion_tokens_details: { reasoning_tokens: 354 },
      },
      { inputTokens: 37, cachedInputTokens: 0, outputTokens: 363, reasoningTokens: 354 },
    ],
  ])('reads the usage of %s', (_, document, usage) => {
    expect(readUsage(document)).toEqual(usage);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['no counts', {}],
    ['a negative count', { prompt_tokens: -1, completion_tokens: 1 }],
    ['a fraction', { prompt_tokens: 1.5, completion_tokens: 1 }],
    ['text', { prompt_tokens: '1', completion_tokens: 1 }],
    [
      'more cached input than input',
      { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2 } },
    ],
    [
      'an iteration of Anthropic without counts',
      { input_tokens: 1, cache_read_input_tokens: 0, output_tokens: 1, iterations: [{ type: 'message' }] },
    ],
    ['Anthropic usage without input', { cache_read_input_tokens: 5, output_tokens: 1 }],
  ])('returns undefined for %s', (_, document) => {
    expect(readUsage(document)).toBeUndefined();
  });
});

describe('sound', () => {
  it('of OpenAI is a part of both sides', () => {
    const usage = {
      prompt_tokens: 50,
      completion_tokens: 80,
      prompt_tokens_details: { cached_tokens: 20, audio_tokens: 30, cached_tokens_details: { audio_tokens: 10 } },
      completion_tokens_details: { audio_tokens: 60, reasoning_tokens: 0 },
    };
    expect(readUsage(usage)).toEqual({
      inputTokens: 50,
      cachedInputTokens: 20,
      outputTokens: 80,
      reasoningTokens: 0,
      audioInputTokens: 30,
      cachedAudioTokens: 10,
      audioOutputTokens: 60,
    });
  });

  it('of Gemini is counted by modality', () => {
    const usage = {
      promptTokenCount: 50,
      cachedContentTokenCount: 20,
      candidatesTokenCount: 8,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 20 },
        { modality: 'AUDIO', tokenCount: 30 },
      ],
      cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 10 }],
    };
    expect(readUsage(usage)).toMatchObject({ audioInputTokens: 30, cachedAudioTokens: 10, outputTokens: 8 });
    expect(readUsage(usage)).not.toHaveProperty('audioOutputTokens');
  });

  it('is left out where its count is impossible', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 8, prompt_tokens_details: { audio_tokens: 6 } };
    expect(readUsage(usage)).toEqual({ inputTokens: 5, cachedInputTokens: 0, outputTokens: 8, reasoningTokens: 0 });
  });
});

describe('an advisor', () => {
  const pass = { cache_creation: null, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 7 };
  const own = { input_tokens: 10, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 5 };

  it('is counted beside the model that asked it', () => {
    const advised = { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 30, ...pass };
    const iterations = [{ type: 'message', ...own }, advised, { type: 'message', ...own, input_tokens: 12 }];
    expect(readUsage({ ...own, iterations })).toEqual({
      inputTokens: 22,
      cachedInputTokens: 0,
      outputTokens: 10,
      reasoningTokens: 0,
      otherModels: [
        {
          model: 'claude-opus-5-5',
          usage: { inputTokens: 34, cachedInputTokens: 4, outputTokens: 7, reasoningTokens: 0 },
        },
      ],
    });
  });

  it('whose counts are impossible makes the usage unknown', () => {
    const iterations = [{ type: 'advisor_message', model: 'm', ...pass, input_tokens: -1 }];
    expect(readUsage({ ...own, iterations })).toBeUndefined();
  });
});
