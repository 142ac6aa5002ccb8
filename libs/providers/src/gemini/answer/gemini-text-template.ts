import { isPlain, isRecord, type JsonRecord, parseJson } from '../../json-record';

const TEXT = /"text":\s*"/g;
const USAGE = /"usageMetadata":\s*(?=\{)/;
/** Names, numbers and what is around them: JSON of counts has no other characters. */
const COUNTS = /^\{[\w\s":,{}[\]]*\}$/;

/** What an event of a template has of its own. */
export interface GeminiText {
  /** The candidate that it continues. */
  index: number;
  text: string;
  /** JSON of `usageMetadata`. */
  usage: string;
}

/**
 * The data of an event around its text and its counts. Most events of a stream differ from the previous one in these two alone:
 * data with the same rest needs no parsing, and of the counts the last ones are enough.
 */
export class GeminiTextTemplate {
  private constructor(
    private readonly index: number,
    private readonly before: string,
    private readonly between: string,
    private readonly after: string,
  ) {}

  /** The template of an event with a piece of text, counts and no other content; undefined for every other event. */
  static of(response: JsonRecord, data: string): GeminiTextTemplate | undefined {
    const found = onlyTextOf(response);
    if (!found || found.text === '' || !isPlain(found.text)) return undefined;
    const [place, ...others] = data.matchAll(TEXT);
    if (!place || others.length > 0) return undefined;
    const start = place.index + place[0].length;
    const end = start + found.text.length;
    const counts = USAGE.exec(data.slice(end));
    if (data.slice(start, end) !== found.text || !counts) return undefined;
    const usageStart = end + counts.index + counts[0].length;
    const usageEnd = endOfObject(data, usageStart);
    if (!isRecord(parseJson(data.slice(usageStart, usageEnd)))) return undefined;
    return new GeminiTextTemplate(found.index, data.slice(0, start), data.slice(end, usageStart), data.slice(usageEnd));
  }

  /** What data of this template has of its own; undefined where it must be parsed. */
  read(data: string): GeminiText | undefined {
    const { index, before, between, after } = this;
    const end = data.indexOf('"', before.length);
    const usageStart = end + between.length;
    const usageEnd = data.length - after.length;
    // Slices are compared at once, `startsWith` goes by single characters.
    if (usageStart >= usageEnd || data.slice(0, before.length) !== before) return undefined;
    if (data.slice(end, usageStart) !== between || data.slice(usageEnd) !== after) return undefined;
    const text = data.slice(before.length, end);
    const usage = data.slice(usageStart, usageEnd);
    if (text === '' || !isPlain(text) || !COUNTS.test(usage)) return undefined;
    // Another member may stand between the counts and what follows them in the template.
    return endOfObject(data, usageStart) === usageEnd ? { index, text, usage } : undefined;
  }
}

/** The text of a response that has one candidate with one part of nothing but text, and has not finished. */
function onlyTextOf({ candidates }: JsonRecord): Pick<GeminiText, 'index' | 'text'> | undefined {
  const [candidate, ...others]: unknown[] = Array.isArray(candidates) ? candidates : [];
  if (!isRecord(candidate) || others.length > 0 || candidate.finishReason !== undefined) return undefined;
  const parts = isRecord(candidate.content) ? candidate.content.parts : undefined;
  const [part, ...more]: unknown[] = Array.isArray(parts) ? parts : [];
  if (!isRecord(part) || more.length > 0 || Object.keys(part).join() !== 'text') return undefined;
  const index = typeof candidate.index === 'number' ? candidate.index : 0;
  return typeof part.text === 'string' ? { index, text: part.text } : undefined;
}

/** Where an object without texts that have braces ends, after its closing one. */
function endOfObject(data: string, start: number): number {
  let depth = 0;
  for (let at = start; at < data.length; at += 1) {
    if (data[at] === '{') depth += 1;
    else if (data[at] === '}') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return data.length;
}
