/** Vendors write the usage after the content, with little behind it. */
const END_BYTES = 16 * 1024;
/** Within a text the quotes are escaped. */
const USAGE = /"usage(?:Metadata)?"\s*:\s*\{/g;

/**
 * A long JSON object without all members but its usage, where that is near its end: it is cut out, as the whole is too large to be
 * parsed. Undefined where there is none.
 */
export function withUsageAlone(json: Buffer): Buffer | undefined {
  const end = json.toString('latin1', Math.max(0, json.length - END_BYTES));
  const found = [...end.matchAll(USAGE)].at(-1);
  const member = found && memberOfOutermost(end.slice(found.index));
  return member === undefined ? undefined : Buffer.from(`{${member}}`, 'latin1');
}

/** The member that a text begins with, if the text ends with the object that has the member. */
function memberOfOutermost(text: string): string | undefined {
  let depth = 0;
  let end: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') at = closingQuote(text, at);
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    if (letter === '}' && depth === 0) end ??= at + 1;
  }
  return depth === -1 && end !== undefined ? text.slice(0, end) : undefined;
}

function closingQuote(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
