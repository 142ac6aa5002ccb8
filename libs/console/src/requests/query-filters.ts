import type { RequestsQuery } from '@thriftgate/sdk';
import { type Term, WORDS } from './query-terms';

/** A team or key with its name, which people write in place of its id. */
export interface Named {
  id: string;
  name: string;
}

/** The members of `GET /admin/requests` for the terms of a filter. @param teams whose names may stand for their ids */
export function filtersOf(terms: readonly Term[], teams: readonly Named[]): RequestsQuery {
  return Object.assign({}, ...terms.map((term) => filterOf(term, teams))) as RequestsQuery;
}

function filterOf({ field, value, isExcluded }: Term, teams: readonly Named[]): RequestsQuery {
  const items = value.split(',');
  switch (field) {
    case 'model':
      return { model: value };
    case 'team':
      return { team_id: idOf(value, teams) };
    case 'key':
      return { key_id: value };
    case 'cache':
      return { cache_status: chosen(WORDS.cache, items, isExcluded) };
    case 'state':
      return { state: chosen(WORDS.state, items, isExcluded) };
    case 'saved':
      return { saved_by: items };
    case 'status':
      return { status: items };
    case 'provider':
      return { provider: items };
    case 'error':
      return { error_code: items };
    case 'tag':
      return { tag: value };
    case 'cost':
      return { min_cost_usd: value };
    case 'latency':
      return { min_latency_ms: Number(value) };
    case 'stream':
      return { stream: value === 'yes' };
    case 'batch':
      return { batch_id: value };
    case 'id':
      return { request_id: value };
  }
}

const idOf = (name: string, teams: readonly Named[]) =>
  teams.find((team) => team.name.normalize('NFC') === name)?.id ?? name;

/** The words, or where they are excluded all others. */
const chosen = (all: readonly string[], words: readonly string[], isExcluded: boolean) =>
  isExcluded ? all.filter((word) => !words.includes(word)) : words;
