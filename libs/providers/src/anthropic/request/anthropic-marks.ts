import { isRecord, type JsonRecord } from '../../json-record';

/** How many marks Anthropic takes. @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const MOST_MARKS = 4;
const SHORT_TTL = '5m';
const LONG_TTL = '1h';

/**
 * A mark for Anthropic's prompt cache: its own `cache_control`, which other gateways take too, or OpenAI's
 * `prompt_cache_breakpoint`.
 */
export function cacheMark(part: JsonRecord): { cache_control?: JsonRecord } {
  const { cache_control: own, prompt_cache_breakpoint: breakpoint } = part;
  if (isRecord(own)) return { cache_control: { ...own } };
  if (!isRecord(breakpoint)) return {};
  const ttl = breakpoint.ttl === undefined || breakpoint.ttl === SHORT_TTL ? {} : { ttl: LONG_TTL };
  return { cache_control: { type: 'ephemeral', ...ttl } };
}

/** Adds the blocks that have a mark, in the order of the prompt, with those inside others. */
export function collectMarked(blocks: readonly unknown[], marked: JsonRecord[]): void {
  for (const block of blocks) {
    if (!isRecord(block)) continue;
    if (Array.isArray(block.content)) collectMarked(block.content, marked);
    if (isRecord(block.cache_control)) marked.push(block);
  }
}

/**
 * Keeps the last marks that Anthropic takes, in the order of the prompt, and no long one after a short one.
 *
 * @param marked blocks of this request alone: they are changed
 * @param taken how many marks the request has besides them
 * @returns whether all marks are as they were
 */
export function limitMarks(marked: readonly JsonRecord[], taken: number): boolean {
  const surplus = marked.slice(0, Math.max(0, marked.length + taken - MOST_MARKS));
  for (const block of surplus) delete block.cache_control;
  let [hasShort, isChanged] = [false, surplus.length > 0];
  for (const { cache_control: mark } of marked.slice(surplus.length)) {
    if (!isRecord(mark)) continue;
    if (mark.ttl !== LONG_TTL) hasShort = true;
    else if (hasShort) {
      delete mark.ttl;
      isChanged = true;
    }
  }
  return !isChanged;
}
