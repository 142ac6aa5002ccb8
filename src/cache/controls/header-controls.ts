import { invalidControl, namespace, type SentDirective, ttl, type CacheDirective } from './cache-directive';

/** The vendor of a cache header that is not HTTP's own. */
export type Dialect = 'cloudflare' | 'portkey' | 'openrouter';

/** Headers as Node parses them: names in lower case, most repeated headers joined by a comma. */
export type ControlHeaders = Readonly<Record<string, string | string[] | undefined>>;

type ReadHeader = (value: string, header: string) => CacheDirective[];

interface HeaderControl {
  header: string;
  dialect?: Dialect;
  read: ReadHeader;
}

/**
 * Cloudflare's `cf-aig-cache-key` replaces the cache key, so that different requests may get the same response. Here it is a
 * namespace: a request never gets the response to a different request.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
 * @see https://developers.cloudflare.com/ai-gateway/features/caching/ also for the two older names
 * @see https://portkey.ai/docs/product/ai-gateway/cache-simple-and-semantic
 * @see https://openrouter.ai/docs/guides/features/response-caching
 */
export const CONTROL_HEADERS: readonly HeaderControl[] = [
  { header: 'cache-control', read: readCacheControl },
  { header: 'cf-aig-skip-cache', dialect: 'cloudflare', read: where(true, 'use-cache') },
  { header: 'cf-skip-cache', dialect: 'cloudflare', read: where(true, 'use-cache') },
  { header: 'cf-aig-cache-ttl', dialect: 'cloudflare', read: seconds },
  { header: 'cf-cache-ttl', dialect: 'cloudflare', read: seconds },
  { header: 'cf-aig-cache-key', dialect: 'cloudflare', read: text },
  { header: 'x-portkey-cache-force-refresh', dialect: 'portkey', read: where(true, 'no-cache') },
  { header: 'x-portkey-cache-namespace', dialect: 'portkey', read: text },
  { header: 'x-portkey-config', dialect: 'portkey', read: portkeyConfig },
  { header: 'x-openrouter-cache', dialect: 'openrouter', read: where(false, 'use-cache') },
  { header: 'x-openrouter-cache-ttl', dialect: 'openrouter', read: seconds },
  { header: 'x-openrouter-cache-clear', dialect: 'openrouter', read: where(true, 'no-cache') },
];

/**
 * Whether the request has any cache header. Runs for every call, so the names are written out: that takes 10 ns, a loop over
 * the table 220 ns.
 */
export function hasControlHeaders(headers: ControlHeaders): boolean {
  return (
    headers['cache-control'] !== undefined ||
    headers['cf-aig-skip-cache'] !== undefined ||
    headers['cf-skip-cache'] !== undefined ||
    headers['cf-aig-cache-ttl'] !== undefined ||
    headers['cf-cache-ttl'] !== undefined ||
    headers['cf-aig-cache-key'] !== undefined ||
    headers['x-portkey-cache-force-refresh'] !== undefined ||
    headers['x-portkey-cache-namespace'] !== undefined ||
    headers['x-portkey-config'] !== undefined ||
    headers['x-openrouter-cache'] !== undefined ||
    headers['x-openrouter-cache-ttl'] !== undefined ||
    headers['x-openrouter-cache-clear'] !== undefined
  );
}

/**
 * The cache directives in the headers, and the vendors of those headers.
 *
 * @throws GatewayError `invalid_request` that names the header
 */
export function headerDirectives(headers: ControlHeaders): { directives: SentDirective[]; dialects: Dialect[] } {
  const directives: SentDirective[] = [];
  const dialects = new Set<Dialect>();
  for (const { header, dialect, read } of CONTROL_HEADERS) {
    const sent = headers[header];
    if (sent === undefined) continue;
    const value = typeof sent === 'string' ? sent : sent.join(',');
    const param = header === 'cache-control' ? 'Cache-Control' : header;
    for (const directive of read(value, param)) directives.push({ ...directive, param });
    if (dialect) dialects.add(dialect);
  }
  return { directives, dialects: [...dialects] };
}

/** RFC 9111's request directives, and the `s-maxage` that LiteLLM and Kong accept. Ignores unknown ones, as the RFC requires. */
function readCacheControl(value: string, header: string): CacheDirective[] {
  return value.split(',').flatMap((directive): CacheDirective[] => {
    const [name = '', argument = ''] = directive.trim().toLowerCase().split('=', 2);
    if (name === 'no-cache' || name === 'no-store' || name === 'only-if-cached') return [{ control: name }];
    if (name !== 'max-age' && name !== 's-maxage') return [];
    const age = /^"?(\d+)"?$/.exec(argument)?.[1];
    if (age === undefined) throw invalidControl(header, `${name} takes whole seconds, such as ${name}=60`);
    // HTTP sets no upper limit; a very large age has no effect.
    return [{ control: 's-maxage', seconds: Number(age) }];
  });
}

/** Reads a flag that is the control where it equals `state`. Python clients write `True`. */
function where(state: boolean, control: 'use-cache' | 'no-cache'): ReadHeader {
  return (value, header) => {
    const flags: string[] = value.split(',').map((each) => each.trim().toLowerCase());
    if (flags.some((flag) => flag !== 'true' && flag !== 'false'))
      throw invalidControl(header, 'must be true or false');
    return flags.includes(String(state)) ? [{ control }] : [];
  };
}

function seconds(value: string, header: string): CacheDirective[] {
  return value.split(',').map((each) => ttl(/^\d+$/.test(each.trim()) ? Number(each) : NaN, header));
}

function text(value: string, header: string): CacheDirective[] {
  return [namespace(value, header)];
}

/**
 * Reads a config that is written out in the header. A config that Portkey stores under an id (`pc-…`) is unknown here. The
 * other members of a config are about routing, which the gateway's own configuration decides.
 *
 * @see https://portkey.ai/docs/api-reference/inference-api/config-object
 */
function portkeyConfig(value: string, header: string): CacheDirective[] {
  if (!value.trimStart().startsWith('{')) return [];
  let config: { cache?: unknown };
  try {
    config = JSON.parse(value) as { cache?: unknown };
  } catch {
    throw invalidControl(header, 'must be the id of a config, or JSON');
  }
  const { cache } = config;
  if (cache === undefined || cache === null) return [];
  const { mode, max_age: maxAge } = (typeof cache === 'object' ? cache : { mode: cache }) as Record<string, unknown>;
  if (mode !== undefined && mode !== 'simple' && mode !== 'semantic')
    throw invalidControl(header, 'has an unknown cache.mode; the known modes are simple and semantic');
  return maxAge === undefined || maxAge === null
    ? []
    : [ttl(typeof maxAge === 'number' ? maxAge : NaN, `${header}.cache.max_age`)];
}
