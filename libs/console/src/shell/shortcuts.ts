import type { PageName } from '../routes/pages';

/** The second letter of `g …`, by page. */
export const PAGE_LETTERS: Partial<Record<PageName, string>> = {
  overview: 'o',
  usage: 'u',
  savings: 's',
  budgets: 'b',
  requests: 'r',
  batches: 'j',
  cache: 'c',
  models: 'm',
  teams: 't',
  alerts: 'a',
};

/** Whether a key belongs to what is being written: in a field, while an input method composes, or with a modifier. */
export function isTyping(
  event: Pick<KeyboardEvent, 'isComposing' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey'>,
): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target as Partial<HTMLElement> | null;
  return target?.isContentEditable === true || /^(INPUT|TEXTAREA|SELECT)$/.test(target?.tagName ?? '');
}
