/** What all pages share of the address: it goes along from page to page. */
export interface SharedSearch {
  /** A preset, as `30d`, or the first day, as `2026-11-01`. */
  from?: string;
  /** The last day; only with a first day. */
  to?: string;
  /** An IANA name, where it differs from the person's. */
  tz?: string;
  currency?: 'USD' | 'KRW';
  /** The id of a team. */
  team?: string;
}

export const SHARED: readonly (keyof SharedSearch)[] = ['from', 'to', 'tz', 'currency', 'team'];

/** All parameters of an address: texts, or lists of texts where a name stands several times. */
export type RawSearch = Record<string, string | string[] | undefined>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PRESET = /^(month|last-month|7d|30d)$/;

/** Reads what pages share; what makes no sense is left out, as if it had not been there. */
export function sharedSearch(raw: Record<string, unknown>): SharedSearch {
  const text = (name: keyof SharedSearch) => (typeof raw[name] === 'string' ? raw[name] : undefined);
  const [from, to, tz, currency, team] = [text('from'), text('to'), text('tz'), text('currency'), text('team')];
  const hasDays = from !== undefined && DAY.test(from) && to !== undefined && DAY.test(to) && from <= to;
  return {
    ...(from !== undefined && (hasDays || PRESET.test(from)) && { from }),
    ...(hasDays && { to }),
    ...(tz !== undefined && isZone(tz) && { tz }),
    ...((currency === 'USD' || currency === 'KRW') && { currency }),
    ...(team !== undefined && /^[\w-]{1,64}$/.test(team) && { team }),
  };
}

function isZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The parameters of an address as texts: no quotes and no JSON, so that people can read and write them. */
export function parseSearch(query: string): RawSearch {
  const pairs = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const values = pairs.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(search))
    for (const each of [value].flat())
      if (each !== undefined && each !== null && each !== '') pairs.append(name, String(each));
  return pairs.size === 0 ? '' : `?${pairs}`;
}
