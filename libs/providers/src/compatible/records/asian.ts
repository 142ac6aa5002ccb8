import type { CompatibleVendor } from '../quirks';
import { EMBEDDING_RULES } from './embeddings';
import { COMMON, OPENAI_SERVICE, PENALTIES, SAMPLING, TEXT_AND_IMAGES } from './members';

/** Vendors in China and Korea. */
export const ASIAN_VENDORS = {
  deepseek: {
    label: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com',
    variables: 'DEEPSEEK',
    see: 'https://api-docs.deepseek.com/api/create-chat-completion',
    quirks: {
      facts: 'deepseek',
      request: {
        ...COMMON,
        refused: [...TEXT_AND_IMAGES, 'choices'],
        replay: 'tool-calls',
        jsonSchema: 'instruction',
        reasoning: {
          style: 'thinking.type and reasoning_effort',
          levels: ['none', 'low', 'high', 'max'],
        },
      },
      models: [
        {
          models: 'v4, flash, reasoner',
          match: /^deepseek-(v4|flash|reasoner)/,
          whileReasoning: { dropped: SAMPLING },
        },
      ],
      answer: {},
      errors: { 'Content Exists Risk': { code: 'content_filter' } },
    },
  },
  moonshot: {
    label: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    variables: 'MOONSHOT',
    see: 'https://platform.moonshot.ai/docs/api/chat',
    quirks: {
      request: {
        ...COMMON,
        refused: [...TEXT_AND_IMAGES, 'logprobs'],
        dropped: [...OPENAI_SERVICE, 'logit_bias', 'parallel_tool_calls'],
        replay: 'all',
        reasoning: { style: 'thinking.type', levels: ['none', 'high'] },
      },
      models: [
        { models: 'kimi-k2.5 and later', match: /^kimi-k(2\.[5-9]|[3-9])/, dropped: SAMPLING },
        {
          models: 'kimi-k3 and later',
          match: /^kimi-k[3-9]/,
          reasoning: { style: 'reasoning_effort', levels: ['low', 'high', 'max'] },
        },
        {
          models: 'moonshot-v1',
          match: /^moonshot-v1/,
          replay: 'none',
          reasoning: { style: 'reasoning_effort', levels: [] },
        },
      ],
      answer: {},
    },
  },
  dashscope: {
    label: 'Alibaba Qwen (DashScope)',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    variables: 'DASHSCOPE',
    see: 'https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference',
    quirks: {
      embeddings: EMBEDDING_RULES.dashscope,
      request: {
        ...COMMON,
        dropped: [...OPENAI_SERVICE, 'logit_bias'],
        // Its omni models hear.
        refused: TEXT_AND_IMAGES.filter((refusal) => refusal !== 'audio input'),
        jsonSchema: 'instruction',
        reasoning: {
          style: 'enable_thinking and thinking_budget',
          levels: ['none', 'low', 'medium', 'high', 'xhigh'],
        },
      },
      models: [{ models: 'qwq, qvq', match: /^(qwq|qvq)/, streamsOnly: true }],
      answer: {},
      errors: { data_inspection_failed: { status: 400, code: 'content_filter' }, Arrearage: { status: 402 } },
    },
  },
  zai: {
    label: 'Zhipu (Z.ai)',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    variables: 'ZAI',
    see: 'https://docs.z.ai/api-reference/llm/chat-completion',
    quirks: {
      facts: 'zai',
      embeddings: EMBEDDING_RULES.zai,
      request: {
        ...COMMON,
        dropped: [...OPENAI_SERVICE, ...PENALTIES, 'logit_bias', 'seed', 'parallel_tool_calls', 'user'],
        refused: [...TEXT_AND_IMAGES, 'choices', 'logprobs', 'forced tools'],
        toolChoice: { noneOmitsTools: true, allowedFilters: true },
        toolStream: { tool_stream: true },
        replay: 'tool-calls',
        jsonSchema: 'instruction',
        reasoning: { style: 'thinking.type', levels: ['none', 'high'] },
      },
      answer: {},
      errors: {
        1113: { status: 402 },
        1301: { status: 400, code: 'content_filter' },
      },
    },
  },
  upstage: {
    label: 'Upstage',
    baseUrl: 'https://api.upstage.ai/v1',
    variables: 'UPSTAGE',
    see: 'https://console.upstage.ai/api/chat',
    quirks: {
      embeddings: EMBEDDING_RULES.upstage,
      request: {
        ...COMMON,
        dropped: [...OPENAI_SERVICE, 'logit_bias'],
        refused: [...TEXT_AND_IMAGES, 'choices', 'logprobs'],
        reasoning: { style: 'reasoning_effort', levels: ['minimal', 'low', 'medium', 'high'] },
      },
      answer: { reasoning: true },
    },
  },
  clovastudio: {
    label: 'HyperCLOVA X (CLOVA Studio)',
    baseUrl: 'https://clovastudio.stream.ntruss.com/v1/openai',
    variables: 'CLOVASTUDIO',
    see: 'https://api.ncloud-docs.com/docs/en/clovastudio-openaicompatibility',
    quirks: {
      request: {
        ...COMMON,
        dropped: [...OPENAI_SERVICE, ...PENALTIES, 'logit_bias', 'user', 'parallel_tool_calls'],
        refused: [...TEXT_AND_IMAGES, 'choices', 'logprobs'],
        reasoning: { style: 'reasoning_effort', levels: [] },
      },
      models: [
        {
          models: 'HCX-007',
          match: /^HCX-007/i,
          tokenLimit: 'max_completion_tokens',
          reasoning: { style: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] },
        },
      ],
      answer: {},
      errors: {
        40003: { status: 400, code: 'context_length_exceeded' },
        42900: { status: 429 },
        42901: { status: 429 },
      },
    },
  },
} as const satisfies Record<string, CompatibleVendor>;
