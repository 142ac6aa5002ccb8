import { FIELDS, quoted, WORDS } from './query-terms';

/** What is known of the names that fields take, besides their fixed words. */
export type KnownValues = Partial<Record<(typeof FIELDS)[number], readonly string[]>>;

const MOST = 12;

/** What a half-written term may become: fields with a colon, then values. Exact and earlier matches come first. */
export function completionsOf(draft: string, known: KnownValues): string[] {
  const text = draft.normalize('NFC');
  const [, minus = '', name = '', value] = /^(-?)([\p{L}_]*)(?::(.*))?$/su.exec(text) ?? [];
  if (value === undefined)
    return FIELDS.filter((field) => field.startsWith(name.toLowerCase())).map((field) => `${minus}${field}:`);
  const field = FIELDS.find((each) => each === name.toLowerCase());
  if (field === undefined) return [];
  const words: readonly string[] = known[field] ?? (field in WORDS ? WORDS[field as keyof typeof WORDS] : []);
  const wanted = value.replace(/^"/, '').toLowerCase();
  const list = wanted.slice(0, wanted.lastIndexOf(',') + 1);
  const last = wanted.slice(list.length);
  return words
    .filter((word) => word.toLowerCase().includes(last))
    .slice(0, MOST)
    .map((word) => `${minus}${field}:${quoted(list + word)}`);
}
