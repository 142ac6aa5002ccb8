import type { CompatibleVendor } from '../quirks';
import { EMBEDDING_RULES } from './embeddings';
import { COMMON, OPENAI_CAPABILITIES, OPENAI_SERVICE, PENALTIES, TEXT_AND_IMAGES, without } from './members';

/** Vendors in Europe and America. */
export const HOSTED_VENDORS = {
  mistral: {
    label: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    variables: 'MISTRAL',
    see: 'https://docs.mistral.ai/api/',
    quirks: {
      facts: 'mistral',
      embeddings: EMBEDDING_RULES.mistral,
      request: {
        ...COMMON,
        // It refuses every member that it does not know.
        dropped: [...without(OPENAI_SERVICE, 'prediction'), 'user', 'logit_bias'],
        renamed: { seed: 'random_seed' },
        refused: [...OPENAI_CAPABILITIES, 'logprobs'],
        namelessMessages: true,
        systemAfterTool: 'user',
        assistantMembers: ['role', 'content', 'tool_calls', 'prefix'],
        looseTools: false,
        toolChoice: { required: 'any', allowedFilters: true },
        toolIds: 'nine',
        usageUnasked: true,
        reasoning: { style: 'reasoning_effort', levels: ['none', 'high'] },
      },
      answer: { contentLists: true },
    },
  },
  xai: {
    label: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    variables: 'XAI',
    see: 'https://docs.x.ai/docs/api-reference#chat-completions',
    quirks: {
      request: {
        ...COMMON,
        tokenLimit: 'max_completion_tokens',
        dropped: [...without(OPENAI_SERVICE, 'prompt_cache_key'), 'logit_bias'],
        promptCacheKey: true,
        headers: { prompt_cache_key: 'x-grok-conv-id' },
        reasoning: { style: 'reasoning_effort', levels: [] },
        whileReasoning: { dropped: PENALTIES, refused: ['stop'] },
      },
      models: [
        { models: 'non-reasoning', match: /non-reasoning/, whileReasoning: {} },
        {
          models: 'grok-4.7 and later',
          match: /^grok-(4\.[7-9]|[5-9])/,
          reasoning: { style: 'reasoning_effort', levels: ['low', 'medium', 'high', 'xhigh'] },
        },
      ],
      answer: {},
    },
  },
  groq: {
    label: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    variables: 'GROQ',
    see: 'https://console.groq.com/docs/openai',
    quirks: {
      facts: 'groq',
      request: {
        ...COMMON,
        tokenLimit: 'max_completion_tokens',
        dropped: [...without(OPENAI_SERVICE, 'service_tier'), 'logit_bias'],
        droppedValues: { service_tier: ['priority', 'default'] },
        refused: [...TEXT_AND_IMAGES, 'choices', 'logprobs'],
        namelessMessages: true,
        assistantMembers: ['role', 'content', 'tool_calls', 'function_call', 'reasoning'],
        replay: 'tool-calls',
        replayMember: 'reasoning',
        reasoning: { style: 'reasoning_effort', levels: [] },
      },
      models: [
        {
          models: 'gpt-oss',
          match: /gpt-oss/,
          reasoning: { style: 'reasoning_effort', levels: ['low', 'medium', 'high'] },
        },
        {
          models: 'qwen',
          match: /qwen/,
          reasoning: { style: 'reasoning_effort none or default', levels: ['none', 'medium'] },
        },
      ],
      answer: { reasoning: true },
      // The capacity of flex processing.
      errors: { 498: { status: 503 } },
    },
  },
  together: {
    label: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    variables: 'TOGETHER',
    see: 'https://docs.together.ai/reference/chat-completions-1',
    quirks: {
      facts: 'together',
      embeddings: EMBEDDING_RULES.together,
      request: {
        ...COMMON,
        refused: [...TEXT_AND_IMAGES, 'logprobs'],
        jsonSchema: 'beside-type',
        reasoning: { style: 'reasoning.enabled', levels: ['none', 'medium'] },
      },
      models: [
        {
          models: 'gpt-oss',
          match: /gpt-oss/,
          reasoning: { style: 'reasoning_effort', levels: ['low', 'medium', 'high'] },
        },
      ],
      answer: { reasoning: true },
    },
  },
  openrouter: {
    label: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    variables: 'OPENROUTER',
    see: 'https://openrouter.ai/docs/api-reference/overview',
    quirks: {
      embeddings: EMBEDDING_RULES.openrouter,
      request: {
        tokenLimit: 'either',
        dropped: [
          'store',
          'metadata',
          'service_tier',
          'prompt_cache_retention',
          'prompt_cache_options',
          'safety_identifier',
        ],
        refused: ['custom tools'],
        toolChoice: { allowedFilters: true },
        reasoning: {
          style: 'reasoning.effort',
          levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
        },
      },
      answer: { reasoning: true },
    },
  },
  fireworks: {
    label: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    variables: 'FIREWORKS',
    see: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
    quirks: {
      embeddings: EMBEDDING_RULES.fireworks,
      request: {
        ...COMMON,
        dropped: without(OPENAI_SERVICE, 'service_tier', 'prompt_cache_key', 'prediction'),
        // `spot` is the vendor's own.
        droppedValues: { service_tier: ['flex'] },
        replay: 'tool-calls',
        reasoning: { style: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] },
      },
      answer: {},
    },
  },
} as const satisfies Record<string, CompatibleVendor>;
