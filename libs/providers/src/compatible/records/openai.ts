import type { CompatibleVendor, ModelRules, RequestRules } from '../quirks';
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
  { match: /^o[13](-mini)?(-20|$)/, ...REASONING, dropped: SAMPLING, refused: ['logprobs'] },
  { match: /^o3(-20|$)/, refused: ['stop'] },
  { match: /^(o4-mini|gpt-5(-mini|-nano)?(-20|$))/, ...REASONING, ...FIXED },
  { match: /^gpt-(5\.[1-9]|6)(?!.*chat)/, ...REASONING, whileReasoning: FIXED },
  {
    match: /^gpt-6\.(1-sol|[2-9])/,
    ...FIXED,
    reasoning: { style: 'reasoning_effort', levels: ['low', 'medium', 'high', 'xhigh', 'max'] },
  },
  { match: /^gpt-6\.[2-9]/, droppedValues: { service_tier: ['flex'] } },
];

export const OPENAI_VENDORS = {
  openai: {
    label: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    variables: 'OPENAI',
    see: 'https://platform.openai.com/docs/api-reference/chat/create',
    quirks: { request: { replay: 'none' }, models: MODELS },
  },
  azure: {
    label: 'Azure OpenAI',
    variables: 'AZURE_OPENAI',
    see: 'https://learn.microsoft.com/azure/ai-foundry/openai/latest',
    quirks: { request: { replay: 'none' }, models: MODELS, azure: true },
  },
} as const satisfies Record<string, CompatibleVendor>;
