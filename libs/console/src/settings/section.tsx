import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of the settings, with a sentence on whom it reaches. */
export function Section({
  id,
  title,
  lead,
  children,
}: {
  id: string;
  title: string;
  lead?: string;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h3" id={id}>
        {title}
      </Title>
      {lead && (
        <Text c="dimmed" size="sm" mb="sm">
          {lead}
        </Text>
      )}
      {children}
    </section>
  );
}
