import { Button, Center } from '@mantine/core';
import { useText } from '../i18n/use-text';

interface MoreRowsProps {
  /** What `useInfiniteQuery` returns. */
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}

/** Loads the next page of a list; nothing once all pages are there. */
export function MoreRows({ pages: { hasNextPage, isFetchingNextPage, fetchNextPage } }: MoreRowsProps) {
  const text = useText();
  if (!hasNextPage) return null;
  return (
    <Center mt="md">
      <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {text('components.more')}
      </Button>
    </Center>
  );
}
