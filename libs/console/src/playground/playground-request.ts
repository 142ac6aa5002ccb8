import type { ChatRequest } from '@thriftgate/contracts';

/** How the cache is used: the members of `cache` in the body. */
export const CACHE_MODES = ['default', 'no-cache', 'no-store', 'neither', 'ttl', 's-maxage'] as const;
export type CacheMode = (typeof CACHE_MODES)[number];

/** What a person has set in the playground. */
export interface Draft {
  model: string;
  system: string;
  prompt: string;
  isStream: boolean;
  cacheMode: CacheMode;
  /** Seconds, for `ttl` and `s-maxage`. */
  seconds: number;
  namespace: string;
  /** The most tokens of the response; the budget holds what they cost. */
  maxTokens: number;
}

/** The body of the call. Members that are not set are left out, so that equal questions are equal calls. */
export function requestOf({
  model,
  system,
  prompt,
  isStream,
  cacheMode,
  seconds,
  namespace,
  maxTokens,
}: Draft): ChatRequest {
  const cache = { ...directives(cacheMode, seconds), ...(namespace !== '' && { namespace }) };
  return {
    model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    max_completion_tokens: maxTokens,
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
    ...(Object.keys(cache).length > 0 && { cache }),
  };
}

function directives(mode: CacheMode, seconds: number): NonNullable<ChatRequest['cache']> {
  switch (mode) {
    case 'default':
      return {};
    case 'neither':
      return { 'no-cache': true, 'no-store': true };
    case 'ttl':
    case 's-maxage':
      return { [mode]: seconds };
    default:
      return { [mode]: true };
  }
}
