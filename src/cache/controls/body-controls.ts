import { isRecord } from '@thriftgate/providers';
import { invalidControl, maxAge, namespace, type SentDirective, ttl, type CacheDirective } from './cache-directive';

/**
 * LiteLLM's members of `cache`, and `store-tool-calls`. LiteLLM accepts two spellings of the maximum age.
 *
 * @see https://docs.litellm.ai/docs/proxy/caching_controls
 */
const MEMBERS: Readonly<Record<string, (value: unknown, param: string) => CacheDirective | undefined>> = {
  ttl: (value, param) => ttl(number(value), param),
  's-maxage': (value, param) => maxAge(number(value), param),
  's-max-age': (value, param) => maxAge(number(value), param),
  'no-cache': (value, param) => (boolean(value, param) ? { control: 'no-cache' } : undefined),
  'no-store': (value, param) => (boolean(value, param) ? { control: 'no-store' } : undefined),
  namespace,
  'use-cache': (value, param) => (boolean(value, param) ? undefined : { control: 'use-cache' }),
  'store-tool-calls': (value, param) => ({ control: 'store-tool-calls', store: boolean(value, param) }),
};

/**
 * The cache directives in the body members `use_cache` and `cache`.
 *
 * @throws GatewayError `invalid_request` that names the member
 */
export function bodyDirectives({ use_cache: useCache, cache }: Record<string, unknown>): SentDirective[] {
  const directives: SentDirective[] = [];
  if (isGiven(useCache) && !boolean(useCache, 'use_cache'))
    directives.push({ control: 'use-cache', param: 'use_cache' });
  if (!isGiven(cache)) return directives;
  if (!isRecord(cache)) throw invalidControl('cache', 'must be an object such as {"ttl": 3600}');
  for (const [name, value] of Object.entries(cache)) {
    const param = `cache.${name}`;
    const read = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
    if (!read) throw invalidControl(param, `is unknown; the known members are ${Object.keys(MEMBERS).join(', ')}`);
    const directive = isGiven(value) ? read(value, param) : undefined;
    if (directive) directives.push({ ...directive, param });
  }
  return directives;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function boolean(value: unknown, param: string): boolean {
  if (typeof value !== 'boolean') throw invalidControl(param, 'must be true or false');
  return value;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : NaN;
}
