import { Card, Group, Skeleton, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorCard } from './error-card';

interface PanelProps {
  /** Without one the content has a title of its own, as charts do. */
  title?: string;
  /** Controls at the right of the title. */
  controls?: ReactNode;
  /** A failure: shown in place of the content, so that the rest of the page stays. */
  error?: unknown;
  onRetry?: () => void;
  isLoading?: boolean;
  isStale?: boolean;
  /** As high as the panel beside it. */
  isFull?: boolean;
  /** The height of the skeleton, in pixels. */
  height?: number;
  children?: ReactNode;
}

/** A framed part of a page that loads, fails and is retried by itself. */
export function Panel({
  title,
  controls,
  error,
  onRetry,
  isLoading,
  isStale,
  isFull,
  height = 240,
  children,
}: PanelProps) {
  return (
    <Card withBorder padding="md" component="section" h={isFull ? '100%' : undefined} aria-busy={isLoading || isStale}>
      {(title !== undefined || controls) && (
        <Group justify="space-between" mb="xs" gap="xs">
          {title !== undefined && (
            <Title order={2} size="h4">
              {title}
            </Title>
          )}
          {controls}
        </Group>
      )}
      {error !== undefined && error !== null ? (
        <ErrorCard error={error} onRetry={onRetry} />
      ) : isLoading ? (
        <Skeleton className="loading" h={height} />
      ) : (
        <div className={isStale ? 'stale' : undefined}>{children}</div>
      )}
    </Card>
  );
}
