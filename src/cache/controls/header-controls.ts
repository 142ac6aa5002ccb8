import { invalidControl, namespace, type SentDirective, ttl, type CacheDirective } from './cache-directive';

/** Whose header a call speaks in, where it is not HTTP's own. */
export type Dialect = 'cloudflare' | 'portkey' | 'openrouter';

/** Headers as Node gives them: names in lower case, most of what was sent twice joined by a comma. */
export type ControlHeaders = Readonly<Record<string, string | string[] | undefined>>;

type ReadHeader = (value: string, header: string) => CacheDirective[];

interface HeaderControl {
  header: string;
  dialect?: Dialect;
  read: ReadHeader;
}

/**
 * Cloudflare's `cf-aig-cache-key` replaces what its cache is asked by, so that different questions may get one answer. Here it
 * only divides the cache further: a question never gets the answer to another one.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
 * @see https://developers.cloudflare.com/ai-gateway/features/caching/ also for the two older names
 * @see https://portkey.ai/docs/product/ai-gateway/cache-simple-and-semantic
 * @see https://openrouter.ai/docs/guides/features/response-caching
 */
export const CONTROL_HEADERS: readonly HeaderControl[] = [
  { header: 'cache-control', read: directives },
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
 * Whether any header of the cache is there. Every call passes here. The names are written out, for the engine then remembers
 * where each would be: 10 ns for all of them, where a loop over the table takes 220.
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
 * What the headers ask for, and whose they are.
 *
 * @throws GatewayError `invalid_request` that names the header
 */
export function headerDirectives(headers: ControlHeaders): { wishes: SentDirective[]; dialects: Dialect[] } {
  const wishes: SentDirective[] = [];
  const dialects = new Set<Dialect>();
  for (const { header, dialect, read } of CONTROL_HEADERS) {
    const sent = headers[header];
    if (sent === undefined) continue;
    const value = typeof sent === 'string' ? sent : sent.join(',');
    const param = header === 'cache-control' ? 'Cache-Control' : header;
    for (const wish of read(value, param)) wishes.push({ ...wish, param });
    if (dialect) dialects.add(dialect);
  }
  return { wishes, dialects: [...dialects] };
}

/** RFC 9111's request directives, and the `s-maxage` that LiteLLM and Kong take. Unknown ones are passed over, as it says. */
function directives(value: string, header: string): CacheDirective[] {
  return value.split(',').flatMap((directive): CacheDirective[] => {
    const [name = '', argument = ''] = directive.trim().toLowerCase().split('=', 2);
    if (name === 'no-cache' || name === 'no-store' || name === 'only-if-cached') return [{ control: name }];
    if (name !== 'max-age' && name !== 's-maxage') return [];
    const age = /^"?(\d+)"?$/.exec(argument)?.[1];
    if (age === undefined) throw invalidControl(header, `${name} takes whole seconds, as ${name}=60`);
    // HTTP sets no bound; whoever takes an answer of any age has asked for nothing.
    return [{ control: 's-maxage', seconds: Number(age) }];
  });
}

/** A flag that asks for a control in one of its states. Python writes `True`. */
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
 * A config that stands in the header itself. One that Portkey keeps under an id (`pc-…`) is not known here. Its other members
 * are about routing, which is the gateway's.
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
  const { mode, max_age: keep } = (typeof cache === 'object' ? cache : { mode: cache }) as Record<string, unknown>;
  if (mode !== undefined && mode !== 'simple' && mode !== 'semantic')
    throw invalidControl(header, 'has a cache whose mode is neither simple nor semantic');
  return keep === undefined || keep === null
    ? []
    : [ttl(typeof keep === 'number' ? keep : NaN, `${header}.cache.max_age`)];
}
