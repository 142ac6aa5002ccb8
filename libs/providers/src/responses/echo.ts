import type { JsonRecord } from '../json-record';

/** Members of a response that repeat who asked, with the value that says nothing. */
const OF_THE_CALLER: Readonly<Record<string, unknown>> = {
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
};

/** A response without what it repeats of its first caller: others get it from the cache. The same object where there is none. */
export function withoutEcho(response: JsonRecord): JsonRecord {
  const said = Object.keys(OF_THE_CALLER).filter((name) => isSaid(response[name]));
  if (said.length === 0) return response;
  return { ...response, ...Object.fromEntries(said.map((name) => [name, OF_THE_CALLER[name]])) };
}

function isSaid(value: unknown): boolean {
  return typeof value === 'object' ? value !== null && Object.keys(value).length > 0 : value !== undefined;
}
