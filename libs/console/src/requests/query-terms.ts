import type { RequestRow } from '@thriftgate/contracts';

type RowState = RequestRow['state'];

/** The words that a field takes; undefined for fields that take any text. */
export const WORDS = {
  cache: ['HIT', 'COALESCED', 'MISS', 'BYPASS', 'REFRESH'],
  state: ['dispatched', 'settled', 'failed', 'unknown'] satisfies readonly RowState[],
  saved: ['cache', 'coalesced', 'dedupe', 'batch', 'prompt_cache', 'routing'],
  stream: ['yes', 'no'],
  status: ['2xx', '4xx', '5xx', '400', '401', '403', '404', '408', '429', '500', '502', '503', '504'],
} as const;

/** The fields of the filter, in the order in which they are offered. */
export const FIELDS = [
  'model',
  'cache',
  'status',
  'cost',
  'latency',
  'team',
  'key',
  'provider',
  'error',
  'tag',
  'saved',
  'state',
  'stream',
  'batch',
  'id',
] as const;
export type Field = (typeof FIELDS)[number];

/** `field:value`, or `-field:value`, which excludes. */
export interface Term {
  field: Field;
  /** As written; several words of a list with commas. For `cost` decimal dollars, for `latency` milliseconds. */
  value: string;
  isExcluded: boolean;
}

/** A part of the text that is no term, and why. */
export interface QueryFault {
  text: string;
  reason: 'field' | 'empty' | 'value' | 'exclude' | 'twice';
}

export interface ParsedQuery {
  terms: Term[];
  faults: QueryFault[];
}

/** Fields whose words can be excluded: all other words are asked for in their place. */
const EXCLUDABLE: ReadonlySet<Field> = new Set(['cache', 'state']);
const LISTS: ReadonlySet<Field> = new Set(['cache', 'state', 'saved', 'status', 'provider', 'error']);
const PIECE = /-?[\p{L}_]+:(?:"(?:[^"\\]|\\.)*"|\S*)|\S+/gu;
const REQUEST_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/i;

/**
 * Reads a filter as people write it: `model:gpt-4.1 cache:MISS cost:>=0.05 -cache:HIT tag:"two words"`.
 * A request id alone is `id:`. What cannot be read is a fault, and the rest counts.
 */
export function parseQuery(text: string): ParsedQuery {
  const query: ParsedQuery = { terms: [], faults: [] };
  for (const [piece] of text.normalize('NFC').matchAll(PIECE)) {
    const read = readPiece(piece);
    if ('reason' in read) query.faults.push(read);
    else if (query.terms.some(({ field }) => field === read.field)) query.faults.push({ text: piece, reason: 'twice' });
    else query.terms.push(read);
  }
  return query;
}

function readPiece(piece: string): Term | QueryFault {
  if (REQUEST_ID.test(piece)) return { field: 'id', value: piece.toUpperCase(), isExcluded: false };
  const fault = (reason: QueryFault['reason']): QueryFault => ({ text: piece, reason });
  const [, minus, name = '', raw = ''] = /^(-?)([\p{L}_]+):(.*)$/su.exec(piece) ?? [];
  const field = FIELDS.find((each) => each === name.toLowerCase());
  if (field === undefined) return fault('field');
  const written = unquoted(raw);
  if (written === '') return fault('empty');
  const value = readValue(field, written);
  if (value === undefined) return fault('value');
  if (minus === '-' && !EXCLUDABLE.has(field)) return fault('exclude');
  return { field, value, isExcluded: minus === '-' };
}

/** The value as the gateway takes it; undefined where it makes no sense for the field. */
function readValue(field: Field, written: string): string | undefined {
  if (field === 'cost') return /^(?:>=?)?\$?(\d{1,6}(?:\.\d{1,12})?)$/.exec(written)?.[1];
  if (field === 'latency') return milliseconds(written);
  if (!LISTS.has(field)) return field === 'stream' ? oneOf(WORDS.stream, written) : written;
  const items = written.split(',').filter((item) => item !== '');
  const words = items.map((item) => wordOf(field, item));
  return words.length > 0 && words.every((word) => word !== undefined) ? words.join(',') : undefined;
}

function wordOf(field: Field, item: string): string | undefined {
  if (field === 'status') return /^[1-5](?:\d\d|xx)$/i.test(item) ? item.toLowerCase() : undefined;
  return field === 'cache' || field === 'state' || field === 'saved' ? oneOf(WORDS[field], item) : item;
}

const oneOf = (words: readonly string[], item: string) =>
  words.find((word) => word.toLowerCase() === item.toLowerCase());

function milliseconds(written: string): string | undefined {
  const [, number, unit] = /^(?:>=?)?(\d{1,8}(?:\.\d{1,3})?)(ms|s)?$/.exec(written) ?? [];
  if (number === undefined) return undefined;
  const ms = Math.round(Number(number) * (unit === 's' ? 1000 : 1));
  return ms <= 86_400_000 ? String(ms) : undefined;
}

function unquoted(raw: string): string {
  return /^".*"$/s.test(raw) ? raw.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : raw;
}

/** A term as text that {@link parseQuery} reads to the same term. */
export function printTerm({ field, value, isExcluded }: Term): string {
  const sign = field === 'cost' || field === 'latency' ? '>=' : '';
  return `${isExcluded ? '-' : ''}${field}:${sign}${quoted(value)}`;
}

/** A value as it is written in a filter: in quotes where it has spaces. */
export const quoted = (value: string): string =>
  /[\s"\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"` : value;

/** Terms as one text. */
export const printTerms = (terms: readonly Term[]): string => terms.map(printTerm).join(' ');
