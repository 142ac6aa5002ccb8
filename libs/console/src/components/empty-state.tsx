import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  why?: string;
  /** 1 where it is all that the page has. */
  order?: 1 | 2;
  children?: ReactNode;
}

/** Says why there is nothing to show, and what to do next. */
export function EmptyState({ title, why, order = 2, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center">
      <Title order={order} size="h3">
        {title}
      </Title>
      {why && (
        <Text c="dimmed" maw={480}>
          {why}
        </Text>
      )}
      {children}
    </Stack>
  );
}
