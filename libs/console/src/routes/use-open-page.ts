import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { go, type Target } from './go';
import { type PageName, PAGES } from './pages';

/** Opens a page by its name; `params` are those of its path. */
export type OpenPage = (page: PageName, options?: Pick<Target, 'params' | 'search'>) => Promise<void>;

/** The function that opens pages. Period, time zone, currency and team go along. */
export function useOpenPage(): OpenPage {
  const navigate = useNavigate();
  return useCallback((page, options) => go(navigate, { to: PAGES[page].path, ...options }), [navigate]);
}
