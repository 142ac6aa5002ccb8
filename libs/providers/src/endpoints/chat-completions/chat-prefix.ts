import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';

/** Most vendors cache prompts from so many tokens on. */
const LEAST_TOKENS = 1_024;
const TOKEN_BYTES = 4;
/** What is read of each text, in UTF-16 units or in bytes of a long one. */
const MOST_READ = 4 * 1024;
/** After so many texts no more are read. */
const MOST_TEXTS = 64;

const SYSTEM_ROLES: ReadonlySet<unknown> = new Set(['system', 'developer']);

/**
 * What all turns of a conversation begin with: the names of its tools, the system's messages and the first other one, each as far
 * as a few thousand characters. Equal prefixes only bring calls together, so differences further back do no harm.
 *
 * @param leastTokens the shortest prompt that the vendor caches
 * @returns undefined for a shorter one
 * @see https://platform.openai.com/docs/guides/prompt-caching
 */
export function chatPrefix({ messages, tools, functions }: JsonRecord, leastTokens = LEAST_TOKENS): string | undefined {
  if (!Array.isArray(messages) || !isLong(messages, leastTokens * TOKEN_BYTES)) return undefined;
  const parts = [tools, functions].flatMap((list) =>
    Array.isArray(list) ? list.slice(0, MOST_TEXTS).map(nameOf) : [],
  );
  for (const message of messages.slice(0, MOST_TEXTS)) {
    if (!isRecord(message)) continue;
    parts.push(...textsOf(message).map(beginningOf));
    if (!SYSTEM_ROLES.has(message.role)) break;
  }
  return parts.join('\0');
}

/** As {@link chatPrefix}, for APIs with a system prompt apart from the turns. Items without text, as results of tools, have no part. */
export function prefixOf(
  { system, turns, tools }: { system: unknown; turns: unknown; tools: unknown },
  leastTokens?: number,
): string | undefined {
  if (!Array.isArray(turns)) return undefined;
  const first = isSystem(system) ? [{ role: 'system', content: system }] : [];
  return chatPrefix({ messages: [...first, ...turns.slice(0, MOST_TEXTS)], tools }, leastTokens);
}

function isSystem(system: unknown): boolean {
  return isText(system) || Array.isArray(system);
}

/** Whether the messages have so many bytes of text. Reads no more than that. */
function isLong(messages: readonly unknown[], leastBytes: number): boolean {
  let bytes = 0;
  for (const message of messages) {
    if (!isRecord(message)) return true;
    for (const text of textsOf(message)) bytes += bytesOf(text, leastBytes);
    if (bytes >= leastBytes) return true;
  }
  return false;
}

function textsOf({ content }: JsonRecord): (string | LongText)[] {
  if (isText(content)) return [content];
  if (!Array.isArray(content)) return [];
  return content
    .slice(0, MOST_TEXTS)
    .flatMap((part: unknown) => (isRecord(part) && isText(part.text) ? [part.text] : []));
}

function isText(value: unknown): value is string | LongText {
  return typeof value === 'string' || value instanceof LongText;
}

function bytesOf(text: string | LongText, most: number): number {
  return typeof text === 'string' ? Buffer.byteLength(text.slice(0, most)) : text.length;
}

function beginningOf(text: string | LongText): string {
  return typeof text === 'string' ? text.slice(0, MOST_READ) : text.json.toString('latin1', 0, MOST_READ);
}

function nameOf(tool: unknown): string {
  if (!isRecord(tool)) return '';
  const { name } = isRecord(tool.function) ? tool.function : tool;
  return typeof name === 'string' ? name.slice(0, MOST_READ) : '';
}
