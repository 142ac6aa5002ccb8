/** Numbers in [0, 1). */
export type Random = () => number;

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
const WHITE_SPACE = ['', '', '', '', ' ', '\n', '\t', '\r\n  '];

/** Writes a value as JSON in a random form: member order, white space, escapes, number formats, duplicate members. */
export function writeJson(value: unknown, random: Random): string {
  const space = () => WHITE_SPACE[Math.floor(random() * WHITE_SPACE.length)] ?? '';
  if (typeof value === 'string') return writeText(value, random);
  if (typeof value === 'number') return writeNumber(value, random);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${value.map((item) => `${space()}${writeJson(item, random)}${space()}`).join(',') || space()}]`;
  }
  const members = shuffled(Object.entries(value), random).map(([name, item]) => {
    const told = `${space()}${writeText(name, random)}${space()}:${space()}${writeJson(item, random)}${space()}`;
    // Parsers use the last of two duplicate members.
    return random() < 0.02 ? `${writeText(name, random)}:"not this one",${told}` : told;
  });
  return `{${members.join(',') || space()}}`;
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** A lone surrogate can only be written as an escape: UTF-8 cannot encode it. */
function writeText(text: string, random: Random): string {
  if (random() < 0.5) return JSON.stringify(text);
  let written = '';
  for (const character of text) {
    const short = SHORT_ESCAPES[character];
    const roll = random();
    const mustBeEscaped = character < ' ' || !character.isWellFormed();
    if (short !== undefined && (roll < 0.7 || mustBeEscaped) && (character !== '/' || roll < 0.3)) written += short;
    else if (mustBeEscaped || character === '"' || character === '\\' || roll < 0.1)
      written += escaped(character, roll);
    else written += character;
  }
  return `"${written}"`;
}

function escaped(character: string, roll: number): string {
  let text = '';
  for (let at = 0; at < character.length; at += 1) {
    const hex = character.charCodeAt(at).toString(16).padStart(4, '0');
    text += `\\u${roll < 0.05 ? hex.toUpperCase() : hex}`;
  }
  return text;
}

/** The same IEEE 754 number in another format: with an exponent, with trailing zeros, or with all its digits. */
export function writeNumber(value: number, random: Random): string {
  // A number greater than every double goes upstream with its own digits.
  if (!Number.isFinite(value)) return `${value < 0 ? '-' : ''}1e400`;
  const plain = JSON.stringify(value);
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const digits = mantissa.replace(/[-.]/g, '');
  const sign = value < 0 ? '-' : '';
  const power = Number(exponent);
  const forms = [
    plain,
    plain,
    `${mantissa}e${power}`,
    `${mantissa}E${power < 0 ? '' : '+'}${power}`,
    `${sign}${digits}e${power - digits.length + 1}`,
    `${sign}0.${digits}E${power + 1}`,
    value === 0 ? '0e5' : `${sign}${digits}000e${power - digits.length - 2}`,
    /[.e]/.test(plain) ? plain : `${plain}.${'0'.repeat(1 + Math.floor(random() * 3))}`,
    value === 0 ? '-0' : plain,
  ];
  return forms[Math.floor(random() * forms.length)] ?? plain;
}
