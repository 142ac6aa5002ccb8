import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Says why there is nothing to show, and what to do next. */
export function EmptyState({ title, why, children }: { title: string; why?: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center">
      <Title order={2} size="h3">
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
