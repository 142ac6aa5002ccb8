import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type PageName, PAGES } from '../routes/pages';

interface PageLinkProps {
  page: PageName;
  /** Of the path, as `{ teamId }`. */
  params?: Record<string, string>;
  /** Parameters of the address, beside those that all pages share. */
  search?: Record<string, string | readonly string[] | undefined>;
  children: ReactNode;
}

/** A link to a page. Period, time zone, currency and team go along. */
export function PageLink({ page, params, search, children }: PageLinkProps) {
  return (
    <Anchor component={Link} {...({ to: PAGES[page].path, params, search } as object)}>
      {children}
    </Anchor>
  );
}
