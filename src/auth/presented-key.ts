import type { IncomingHttpHeaders } from 'node:http';

export type PresentedKey = { kind: 'key'; text: string } | { kind: 'missing' } | { kind: 'malformed' };

const SHOWN_START = 8;
const SHOWN_END = 4;
/** In a shorter key, start and end together would reveal too much. */
const MIN_LENGTH_TO_SHOW_BOTH = 24;

/** The key of a request: `Authorization: Bearer`, else `x-api-key` (Anthropic's SDK), else `api-key` (Azure's). */
export function presentedKey(headers: IncomingHttpHeaders): PresentedKey {
  const { authorization } = headers;
  const bearer = authorization && /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const text = bearer || headers['x-api-key'] || headers['api-key'];
  if (typeof text === 'string') return { kind: 'key', text };
  return { kind: authorization ? 'malformed' : 'missing' };
}

/** A key, masked for messages: at most its first 8 and last 4 characters. */
export function maskKey(text: string): string {
  if (text.length < MIN_LENGTH_TO_SHOW_BOTH) return `${text.slice(0, Math.min(SHOWN_START, text.length >> 2))}***`;
  return `${text.slice(0, SHOWN_START)}***${text.slice(-SHOWN_END)}`;
}
