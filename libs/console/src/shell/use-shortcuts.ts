import { useEffect } from 'react';
import { useMe } from '../me/use-me';
import { type PageName, PAGES } from '../routes/pages';
import { useOpenPage } from '../routes/use-open-page';
import { isTyping, PAGE_LETTERS } from './shortcuts';

/** How long the second letter of `g …` may take. */
const SECOND_LETTER_MS = 1_500;

/** `/`, `j`, `?` and `g …`, unless the person has switched single letters off. */
export function useShortcuts(openList: () => void): void {
  const openPage = useOpenPage();
  const { preferences, permissions } = useMe();
  const isOn = preferences.shortcuts;
  useEffect(() => {
    if (!isOn) return undefined;
    let goAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || document.querySelector('[role=dialog]')) return;
      const isSecond = Date.now() - goAt < SECOND_LETTER_MS;
      goAt = 0;
      if (isSecond) {
        const page = pageOf(event.key);
        if (page && permissions.includes(PAGES[page].permission)) void openPage(page);
      } else if (event.key === 'g') goAt = Date.now();
      else if (event.key === '?') openList();
      else if (event.key === '/') focusFirst(event, '[data-filter]');
      else if (event.key === 'j' && !document.activeElement?.closest('[data-row]'))
        focusFirst(event, '[data-row][tabindex]');
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isOn, openPage, openList, permissions]);
}

function pageOf(letter: string): PageName | undefined {
  const names = Object.keys(PAGE_LETTERS) as PageName[];
  return names.find((name) => PAGE_LETTERS[name] === letter);
}

function focusFirst(event: KeyboardEvent, selector: string): void {
  const found = document.querySelector<HTMLElement>(`#content ${selector}`);
  if (!found) return;
  event.preventDefault();
  found.focus();
}
