import type { RequestsQuery } from '@thriftgate/sdk';

/** The address from which the gateway streams all rows of a filter as CSV. */
export function csvAddress(query: RequestsQuery): string {
  const pairs = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) pairs.set(name, Array.isArray(value) ? value.join(',') : String(value));
  return `/admin/requests?${pairs}`;
}
