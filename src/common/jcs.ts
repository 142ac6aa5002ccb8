/** Text that JSON.stringify writes as an escape and that UTF-8 cannot hold: half of a surrogate pair. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical JSON text of a value: equal values have one text, however their members were ordered. ECMAScript's own JSON has the
 * form of numbers and strings that the RFC asks for, so only the order of members is added.
 *
 * @param value as JSON.parse returns it
 * @throws TypeError for what JSON cannot hold: NaN, infinities, undefined, bigints, lone surrogates
 * @see https://www.rfc-editor.org/rfc/rfc8785 JSON Canonicalization Scheme (JCS)
 */
export function toJcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toJcs).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, unknown>>;
    // The order of UTF-16 code units, as the RFC has it (section 3.2.3), not of a language.
    // oxlint-disable-next-line unicorn/no-array-sort -- an own array
    const names = Object.keys(object).sort();
    return `{${names.map((name) => `${toJcs(name)}:${toJcs(object[name])}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is no JSON`);
  if (typeof value === 'string' && LONE_SURROGATE.test(value))
    throw new TypeError('half of a surrogate pair is no JSON');
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`${typeof value} is no JSON`);
  return text;
}
