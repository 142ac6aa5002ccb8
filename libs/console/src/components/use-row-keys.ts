import { type KeyboardEvent, type RefObject, useCallback } from 'react';
import { useMe } from '../me/use-me';

/** The arrow keys move the focus to the next and the previous row, and `j` and `k`, unless single letters are switched off. */
export function useRowKeys(body: RefObject<HTMLTableSectionElement | null>) {
  const { shortcuts } = useMe().preferences;
  return useCallback(
    (event: KeyboardEvent) => {
      const step = stepOf(event, shortcuts);
      if (step === 0 || !body.current) return;
      const rows = [...body.current.querySelectorAll<HTMLElement>('[data-row][tabindex]')];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      const next = rows[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    },
    [body, shortcuts],
  );
}

function stepOf({ key, nativeEvent, target }: KeyboardEvent, hasLetters: boolean): -1 | 0 | 1 {
  const { isComposing, ctrlKey, metaKey, altKey } = nativeEvent;
  if (isComposing || ctrlKey || metaKey || altKey || /^(INPUT|TEXTAREA|SELECT)$/.test((target as Element).tagName))
    return 0;
  if (key === 'ArrowDown' || (hasLetters && key === 'j')) return 1;
  return key === 'ArrowUp' || (hasLetters && key === 'k') ? -1 : 0;
}
