import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorCard } from './error-card';

interface QueryPartProps<Data> {
  query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>;
  /** Of the outline that is shown meanwhile, in pixels. */
  height?: number;
  children: (data: Data) => ReactNode;
}

/** A part of a page that is loaded: its outline, then what it has, or why it could not be loaded. */
export function QueryPart<Data>({ query, height = 240, children }: QueryPartProps<Data>) {
  const { data, error } = query;
  if (data !== undefined) return children(data);
  if (error) return <QueryError query={query} />;
  return <Skeleton className="loading" h={height} aria-busy="true" />;
}

/** Why something could not be loaded; nothing while it is loaded, or where it is there. */
export function QueryError({ query }: { query: Pick<UseQueryResult, 'data' | 'error' | 'refetch'> }) {
  const { data, error, refetch } = query;
  if (data !== undefined || !error) return null;
  return <ErrorCard error={error} onRetry={() => void refetch()} />;
}
