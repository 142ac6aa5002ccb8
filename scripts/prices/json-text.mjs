/** A number of a JSON text, with its digits. */
export class Decimal {
  constructor(text) {
    this.text = text;
  }
}

const MARK = '\u0000';

/** Parses JSON; each number becomes a {@link Decimal}. */
export function parseNumbersAsText(json) {
  const marked = json.replace(/("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g, (match, text) =>
    text === undefined ? JSON.stringify(MARK + match) : text,
  );
  return JSON.parse(marked, (_name, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? new Decimal(value.slice(1)) : value,
  );
}

/** JSON with sorted models, one a line, whose numbers are those of the sources. */
export function toJson({ source, models }) {
  const lines = Object.keys(models)
    .toSorted()
    .map((name) => `    ${JSON.stringify(name)}: ${compact(models[name])}`);
  return `{\n  "source": ${compact(source)},\n  "models": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** JSON with what the models of each vendor take, one model a line. */
export function toFactsJson(source, facts) {
  const vendors = Object.entries(facts).map(([vendor, models]) => {
    const lines = Object.keys(models)
      .toSorted()
      .map((name) => `    ${JSON.stringify(name)}: ${compact(models[name])}`);
    return `  ${JSON.stringify(vendor)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n  "source": ${compact(source)},\n${vendors.join(',\n')}\n}\n`;
}

function compact(value) {
  if (value instanceof Decimal) return value.text;
  if (Array.isArray(value)) return `[${value.map(compact).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}: ${compact(value[name])}`);
  return `{ ${members.join(', ')} }`;
}

/** The value as a fraction of two integers: exact, for comparisons. */
export function toFraction({ text }) {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length;
  return shift >= 0 ? [digits * 10n ** BigInt(shift), 1n] : [digits, 10n ** BigInt(-shift)];
}

export function isEqual(a, b) {
  const [[x, over], [y, under]] = [toFraction(a), toFraction(b)];
  return x * under === y * over;
}

/** A price per million tokens as one per token. */
export function perToken({ text }) {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e');
  return new Decimal(`${mantissa}e${Number(exponent) - 6}`);
}

export function isZero(value) {
  return toFraction(value)[0] === 0n;
}
