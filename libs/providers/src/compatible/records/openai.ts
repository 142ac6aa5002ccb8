import type { CompatibleVendor, ModelRules, RequestRules } from '../quirks';
import { EMBEDDING_RULES } from './embeddings';
import { SAMPLING } from './members';

const REASONING: RequestRules = { tokenLimit: 'max_completion_tokens' };
const FIXED = { dropped: SAMPLING, refused: ['logprobs', 'stop'] } as const;

/**
 * OpenAI's reasoning models. Those that can leave reasoning out take sampling then; the newest take no effort below `low`, and no
 * flex processing.
 *
 * @see https://platform.openai.com/docs/guides/reasoning
 * @see https://platform.openai.com/docs/guides/latest-model
 * @see https://developers.openai.com/api/docs/guides/flex-processing
 */
const MODELS: readonly ModelRules[] = [
  { models: 'o1, o3, o3-mini', match: /^o[13](-mini)?(-20|$)/, ...REASONING, dropped: SAMPLING, refused: ['logprobs'] },
  { models: 'o3', match: /^o3(-20|$)/, refused: ['stop'] },
  { models: 'o4-mini, gpt-5', match: /^(o4-mini|gpt-5(-mini|-nano)?(-20|$))/, ...REASONING, ...FIXED },
  {
    models: 'gpt-5.1 and later, without chat-latest',
    match: /^gpt-(5\.[1-9]|6)(?!.*chat)/,
    ...REASONING,
    whileReasoning: FIXED,
  },
  {
    models: 'gpt-6.1-sol, gpt-6.2 and later',
    match: /^gpt-6\.(1-sol|[2-9])/,
    ...FIXED,
    // For those that no source of the catalogue knows yet.
    reasoning: { style: 'reasoning_effort', levels: ['low', 'medium', 'high', 'xhigh', 'max'] },
  },
  {
    models: 'o1-pro, o3-pro, gpt-5-pro, -codex and later ones',
    match: /^(o\d-pro|gpt-[\d.]+-(pro|codex)|gpt-daybreak|computer-use)(?!.*spark)/,
    ...REASONING,
    ...FIXED,
  },
  { models: 'gpt-6.2 and later', match: /^gpt-6\.[2-9]/, droppedValues: { service_tier: ['flex'] } },
];

export const OPENAI_VENDORS = {
  openai: {
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    variables: 'OPENAI',
    see: 'https://platform.openai.com/docs/api-reference/chat/create',
    quirks: {
      embeddings: EMBEDDING_RULES.openai,
      request: { replay: 'none', promptCacheKey: true },
      models: MODELS,
      facts: 'openai',
      responses: 'all models',
    },
  },
  azure: {
    label: 'Azure OpenAI',
    variables: 'AZURE_OPENAI',
    see: 'https://learn.microsoft.com/azure/ai-foundry/openai/latest',
    quirks: {
      embeddings: EMBEDDING_RULES.azure,
      request: { replay: 'none', promptCacheKey: true },
      models: MODELS,
      facts: 'openai',
      responses: 'models without chat',
      azure: true,
    },
  },
} as const satisfies Record<string, CompatibleVendor>;
