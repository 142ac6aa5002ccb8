import type { Refusal, RequestRules } from '../quirks';

/** Members of OpenAI's own service: storage, tiers, its prompt cache, its user ids. */
export const OPENAI_SERVICE = [
  'store',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'safety_identifier',
  'prediction',
  'verbosity',
];

export const PENALTIES = ['presence_penalty', 'frequency_penalty'];
export const SAMPLING = ['temperature', 'top_p', ...PENALTIES];

/** What only OpenAI's own models have. */
export const OPENAI_CAPABILITIES: readonly Refusal[] = ['audio output', 'files', 'web search', 'custom tools'];
export const TEXT_AND_IMAGES: readonly Refusal[] = [...OPENAI_CAPABILITIES, 'audio input'];

/** Rules that hold at most vendors besides OpenAI. */
export const COMMON: RequestRules = {
  tokenLimit: 'max_tokens',
  dropped: OPENAI_SERVICE,
  refused: TEXT_AND_IMAGES,
  developerRole: 'system',
  replay: 'none',
  looseTools: true,
  toolChoice: { allowedFilters: true },
};

/** A list without some of its members. */
export function without(list: readonly string[], ...names: readonly string[]): string[] {
  return list.filter((each) => !names.includes(each));
}
