import { parseJson } from '../json-record';

/** A list of numbers alone, as a vector is written. */
const NUMBERS = /\[[-+\d.eE,\s]+\]/g;
const WHITE_SPACE = /\s+/g;
/** Begins what stands in place of a list: no vendor's text has this character. */
const MARK = '\uffff';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** JSON whose vectors are not parsed. */
export interface VectorJson {
  /** Undefined where the text is not JSON. */
  value: unknown;
  /** The JSON of a vector in {@link value}, as the vendor wrote it; undefined for what is none. */
  vectorOf(member: unknown): string | undefined;
}

/** Parses JSON without its lists of numbers: reading and writing them again would take long, and change how they are written. */
export function parseVectors(text: string): VectorJson {
  const lists: string[] = [];
  const marked = text.replace(NUMBERS, (list) => `"${MARK}${lists.push(list) - 1}"`);
  const value = parseJson(marked);
  // Such a list may have stood inside a text.
  if (value === undefined) return { value: parseJson(text), vectorOf: (member) => written(member) ?? base64(member) };
  return {
    value,
    vectorOf: (member) => {
      if (typeof member !== 'string' || !member.startsWith(MARK)) return base64(member);
      const list = lists[Number(member.slice(MARK.length))];
      return list !== undefined && parseJson(list) !== undefined ? list.replace(WHITE_SPACE, '') : undefined;
    },
  };
}

function written(member: unknown): string | undefined {
  const isVector = Array.isArray(member) && member.length > 0 && member.every((each) => typeof each === 'number');
  return isVector ? JSON.stringify(member) : undefined;
}

function base64(member: unknown): string | undefined {
  return typeof member === 'string' && BASE64.test(member) ? `"${member}"` : undefined;
}
