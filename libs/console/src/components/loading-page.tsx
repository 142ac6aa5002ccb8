import { Skeleton, Stack } from '@mantine/core';
import { useText } from '../i18n/use-text';

/** The outline of a page that is being loaded. */
export function LoadingPage() {
  const text = useText();
  return (
    <Stack className="loading" gap="md" aria-busy="true" role="status" aria-label={text('components.loading')}>
      <Skeleton h={28} w={180} />
      <Skeleton h={96} />
      <Skeleton h={320} />
    </Stack>
  );
}
