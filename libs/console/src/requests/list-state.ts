interface Rows {
  isPending: boolean;
  rowCount: number;
  hasNextPage: boolean;
  error: unknown;
}

/**
 * What the page shows: the list, that there is nothing, or that it still looks. A page without rows does not say that
 * there are none: the gateway looks through a part of the ledger at a time.
 */
export function listState({ isPending, rowCount, hasNextPage, error }: Rows): 'list' | 'empty' | 'looking' | 'failed' {
  if (rowCount > 0) return 'list';
  if (error) return 'failed';
  return isPending || hasNextPage ? 'looking' : 'empty';
}
