import { GatewayError } from '../../common/errors';

/** What a caller wants of the cache for one call. */
export interface CacheControls {
  /** Whether a stored answer may be given. */
  read: boolean;
  /** Whether the answer may be stored. */
  write: boolean;
  /** Only an answer that is not older than this. */
  maxAgeSeconds: number | undefined;
  /** How long the answer may be stored, in place of the model's own time. */
  ttlSeconds: number | undefined;
  /** A miss is an error and asks nobody. */
  onlyIfCached: boolean;
  namespace: string | undefined;
}

const BODY_MEMBERS = new Set(['ttl', 's-maxage', 'no-cache', 'no-store', 'namespace', 'use-cache']);
const MAX_NAMESPACE_LENGTH = 128;
const MAX_TTL_SECONDS = 365 * 24 * 3600;

const DEFAULT: CacheControls = {
  read: true,
  write: true,
  maxAgeSeconds: undefined,
  ttlSeconds: undefined,
  onlyIfCached: false,
  namespace: undefined,
};

/**
 * Reads the body members `use_cache` and `cache` and the `Cache-Control` header. The stricter wish wins. As in HTTP,
 * `no-cache` asks for a fresh answer that is stored, `no-store` keeps the answer out of the cache but may be served from it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
 * @throws GatewayError `invalid_request` that names the member
 */
export function parseCacheControls(body: Record<string, unknown>, header: string | undefined): CacheControls {
  if (body.use_cache === undefined && body.cache === undefined && header === undefined) return DEFAULT;
  const controls = { ...DEFAULT };
  applyBody(controls, body);
  if (header !== undefined) applyHeader(controls, header);
  return controls;
}

function applyBody(controls: CacheControls, { use_cache: useCache, cache }: Record<string, unknown>): void {
  if (useCache !== undefined && useCache !== null && boolean(useCache, 'use_cache') === false)
    controls.read = controls.write = false;
  if (cache === undefined || cache === null) return;
  if (typeof cache !== 'object' || Array.isArray(cache)) throw invalid('cache', 'must be an object, as {"ttl": 3600}');
  for (const [name, value] of Object.entries(cache)) {
    if (!BODY_MEMBERS.has(name))
      throw invalid(`cache.${name}`, `is not known; known are ${[...BODY_MEMBERS].join(', ')}`);
    const param = `cache.${name}`;
    if (value === undefined || value === null) continue;
    if (name === 'ttl') controls.ttlSeconds = seconds(value, param, 1);
    else if (name === 's-maxage') controls.maxAgeSeconds = seconds(value, param, 0);
    else if (name === 'no-cache') controls.read &&= !boolean(value, param);
    else if (name === 'no-store') controls.write &&= !boolean(value, param);
    else if (name === 'namespace') controls.namespace = namespace(value, param);
    else if (boolean(value, param) === false) controls.read = controls.write = false;
  }
}

function applyHeader(controls: CacheControls, header: string): void {
  for (const directive of header.toLowerCase().split(',')) {
    const [name = '', value = ''] = directive.trim().split('=', 2);
    if (name === 'no-cache') controls.read = false;
    else if (name === 'no-store') controls.write = false;
    else if (name === 'only-if-cached') controls.onlyIfCached = true;
    else if (name === 'max-age') {
      const age = Number(value.replaceAll('"', ''));
      if (value === '' || !Number.isInteger(age) || age < 0)
        throw invalid('Cache-Control', 'max-age takes whole seconds, as max-age=60');
      controls.maxAgeSeconds = Math.min(age, controls.maxAgeSeconds ?? age);
    }
  }
}

function boolean(value: unknown, param: string): boolean {
  if (typeof value !== 'boolean') throw invalid(param, 'must be true or false');
  return value;
}

function seconds(value: unknown, param: string, least: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > MAX_TTL_SECONDS) {
    throw invalid(param, `must be whole seconds, from ${least} to ${MAX_TTL_SECONDS}`);
  }
  return value;
}

function namespace(value: unknown, param: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_NAMESPACE_LENGTH) {
    throw invalid(param, `must be text of 1 to ${MAX_NAMESPACE_LENGTH} characters`);
  }
  return value;
}

function invalid(param: string, problem: string): GatewayError {
  return new GatewayError('invalid_request', { message: `'${param}' ${problem}.`, param });
}
