import { z } from 'zod';
import { plainText } from './common';

export const ledgerStates = ['dispatched', 'settled', 'failed', 'unknown'] as const;
export const cacheStatuses = ['HIT', 'COALESCED', 'MISS', 'BYPASS', 'REFRESH'] as const;
/** Newest first, oldest first, highest cost first. */
export const requestSorts = ['-created_at', 'created_at', '-cost'] as const;
export type RequestSort = (typeof requestSorts)[number];

/** HTTP statuses from `least` to `most`. */
export interface StatusRange {
  least: number;
  most: number;
}

const MAX_VALUES = 50;
const LONGEST_LIST = 4_096;
const listText = plainText(LONGEST_LIST).min(1);

/** A comma-separated list; the parameter may be repeated. @param read the value of an item; undefined where it is not one */
const listOf = <Value>(read: (item: string) => Value | undefined, expected: string, example: string) =>
  z
    .unknown()
    .transform((given, context): Value[] => {
      const lists = z.array(listText).safeParse(Array.isArray(given) ? given : [given]);
      if (!lists.success) context.addIssue(lists.error.issues[0]?.message ?? `expected a list of ${expected}`);
      const items = (lists.data ?? []).flatMap((list) => list.split(',').map((item) => item.trim()));
      const values = items.flatMap((item) => {
        const value = read(item);
        if (value === undefined)
          context.addIssue(`'${item}' is not valid; expected a comma-separated list of ${expected}`);
        return value ?? [];
      });
      if (items.length > MAX_VALUES) context.addIssue(`must have at most ${MAX_VALUES} values`);
      return values;
    })
    .optional()
    .meta({ type: 'string', description: `A comma-separated list of ${expected}`, example });

/** A list of these names, upper or lower case. */
export const oneOf = <Name extends string>(names: readonly Name[], example: string) =>
  listOf((item) => names.find((name) => name.toLowerCase() === item.toLowerCase()), names.join(', '), example);

export const anyName = (what: string, example: string) =>
  listOf((item) => (item === '' ? undefined : item), what, example);

function statusRange(item: string): StatusRange | undefined {
  const [, hundreds, rest] = /^([1-5])(\d\d|xx)$/i.exec(item) ?? [];
  if (hundreds === undefined || rest === undefined) return undefined;
  if (/^\d/.test(rest)) return { least: Number(item), most: Number(item) };
  return { least: Number(hundreds) * 100, most: Number(hundreds) * 100 + 99 };
}

/** Filters of ledger rows that have no index of their own. */
export const requestFilters = {
  status: listOf(statusRange, 'HTTP statuses and classes of them, as 429,5xx', '429,5xx'),
  state: oneOf(ledgerStates, 'failed,unknown'),
  error_code: anyName('error codes', 'upstream_auth,upstream_timeout'),
  provider: anyName('providers', 'openai,backup'),
  cache_status: oneOf(cacheStatuses, 'MISS,REFRESH'),
  tag: plainText(256).min(1).optional().meta({ description: 'One tag, which may have commas', example: 'nightly' }),
  min_cost_usd: z
    .string()
    .regex(/^\d{1,6}(\.\d{1,12})?$/, 'must be decimal dollars with at most 12 decimals, as 0.25')
    .optional()
    .meta({ description: 'Rows that cost at least this much, in US dollars', example: '0.25' }),
  stream: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
};

export const requestSortSchema = z
  .enum(requestSorts, `must be one of ${requestSorts.join(', ')}`)
  .default('-created_at')
  .meta({ description: '-created_at is newest first, created_at oldest first, -cost the highest cost first' });
