import type { CompatibleVendor, RequestRules } from '../quirks';
import { EMBEDDING_RULES } from './embeddings';
import { COMMON, OPENAI_CAPABILITIES, OPENAI_SERVICE, TEXT_AND_IMAGES } from './members';

/** Servers of open models: what a template of a model does not know, it ignores or refuses. */
const OPEN_MODELS: RequestRules = {
  ...COMMON,
  tokenLimit: 'either',
  // Models that hear are served too.
  refused: OPENAI_CAPABILITIES,
  replay: undefined,
  looseTools: false,
  reasoning: {
    style: 'chat_template_kwargs.enable_thinking',
    levels: ['none', 'low', 'medium', 'high'],
  },
};

/** Servers that run on machines of one's own. */
export const SERVERS = {
  ollama: {
    label: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    variables: 'OLLAMA',
    keyless: true,
    see: 'https://docs.ollama.com/api/openai-compatibility',
    quirks: {
      embeddings: EMBEDDING_RULES.ollama,
      request: {
        ...COMMON,
        dropped: [...OPENAI_SERVICE, 'logit_bias', 'user', 'parallel_tool_calls'],
        refused: [...TEXT_AND_IMAGES, 'choices', 'forced tools'],
        toolChoice: { noneOmitsTools: true, allowedFilters: true },
        replay: 'tool-calls',
        replayMember: 'reasoning',
        reasoning: { style: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high'] },
      },
      answer: { reasoning: true },
    },
  },
  vllm: {
    label: 'vLLM',
    baseUrl: 'http://localhost:8000/v1',
    variables: 'VLLM',
    keyless: true,
    see: 'https://docs.vllm.ai/en/stable/serving/openai_compatible_server/',
    quirks: { embeddings: EMBEDDING_RULES.vllm, request: OPEN_MODELS, answer: { reasoning: true } },
  },
  sglang: {
    label: 'SGLang',
    baseUrl: 'http://localhost:30000/v1',
    keyless: true,
    see: 'https://docs.sglang.ai/basic_usage/openai_api_completions.html',
    quirks: { embeddings: EMBEDDING_RULES.sglang, request: OPEN_MODELS, answer: {} },
  },
  'openai-compatible': {
    label: 'any other OpenAI-compatible server',
    keyless: true,
    see: 'https://platform.openai.com/docs/api-reference/chat/create',
    quirks: {
      embeddings: EMBEDDING_RULES['openai-compatible'],
      request: { tokenLimit: 'either', dropped: ['store'], developerRole: 'system', looseTools: true },
      answer: {},
    },
  },
} as const satisfies Record<string, CompatibleVendor>;
