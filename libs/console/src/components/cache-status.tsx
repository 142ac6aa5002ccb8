import { Badge } from '@mantine/core';

/** A cache status as the header `x-cache-status` has it; filled where no provider was asked. */
export function CacheStatus({ status }: { status: string }) {
  const isSaved = status === 'HIT' || status === 'COALESCED';
  return (
    <Badge variant={isSaved ? 'filled' : 'default'} radius="sm" size="sm" ff="monospace" fw={600} lang="en">
      {status}
    </Badge>
  );
}
