import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { go } from './go';
import type { RawSearch } from './search';

type Changes = Record<string, string | readonly string[] | undefined>;

/**
 * The parameters of the address, which are the page's state, as a page reads them.
 *
 * @param read gets the parameters and leaves out what makes no sense; a function outside the component
 * @returns the state, and a function that changes parameters; undefined removes one. Back undoes it, unless `replace` is set
 */
export function usePageSearch<State>(
  read: (raw: RawSearch) => State,
): [State, (changes: Changes, options?: { replace?: boolean }) => void] {
  const raw: RawSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Changes, { replace = false } = {}) =>
      void go(navigate, { to: '.', search: (old) => ({ ...old, ...changes }), replace }),
    [navigate],
  );
  return [read(raw), change];
}
