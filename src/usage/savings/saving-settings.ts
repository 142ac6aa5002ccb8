/** The setting that avoids a repeated cost, by its reason. */
const SETTINGS: Record<string, string> = {
  bypass:
    'The cache was bypassed. Do not send use_cache: false or Cache-Control: no-store with these calls, and see the cache rules ' +
    'of the key and the model.',
  refresh:
    'Do not send Cache-Control: no-cache with these calls; declare a new model version when responses are outdated.',
  tool_calls: 'Set store_tool_calls: true in the cache rules of the model or the key.',
  not_stopped: 'Raise max_completion_tokens: truncated responses are not stored.',
  refused: 'Refusals are not stored; change the request.',
  usage_missing: 'Let the provider report usage: responses of unknown cost are not stored.',
  other_model:
    'A fallback responded; its response is not stored under the name of the first model. See the first deployment’s errors.',
  cut: 'Read streams to their end: interrupted ones are not stored.',
  invalidated:
    'The responses were invalidated. Where not all of them were outdated, select fewer at POST /admin/cache/invalidate: by tag, ' +
    'key, team or time. dry_run counts them.',
  new_version:
    'The model had a new version or target. Where only its fingerprint changes, set ignore_fingerprint in its cache rules.',
  expired: 'Raise ttl_seconds in the cache rules of the model: the responses were older than that.',
};
const EVICTED =
  'The responses were removed before the TTL of the model was over, or a key or a call set a shorter one.';

/** @param reason why a response was not used, see SavingsRepository.repeats */
export function settingFor(reason: string, hasRedis: boolean): string {
  return (
    SETTINGS[reason] ??
    `${EVICTED} ${hasRedis ? 'Raise maxmemory of Redis.' : 'Raise CACHE_MEMORY_MB, or set REDIS_URL.'}`
  );
}
