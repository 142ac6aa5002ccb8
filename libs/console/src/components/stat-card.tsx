import { Card, Group, Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Change, formatChange } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

interface StatCardProps {
  label: string;
  /** Formatted; undefined while it is loaded. */
  value: ReactNode;
  /** Against the period before. */
  change?: Change;
  /** What it is compared with, in words. */
  comparedWith?: string;
  /** A further line. */
  note?: ReactNode;
  isStale?: boolean;
}

/** One figure, its change with an arrow and in words, never in colour alone. */
export function StatCard({ label, value, change, comparedWith, note, isStale = false }: StatCardProps) {
  return (
    <Card withBorder padding="md" className={isStale ? 'stale' : undefined}>
      <Text c="dimmed" size="sm">
        {label}
      </Text>
      {value === undefined ? (
        <Skeleton className="loading" h={28} my={6} w="60%" />
      ) : (
        <Text className="numbers" fz="1.75rem" fw={600} lh={1.4}>
          {value}
        </Text>
      )}
      {change && <ChangeText change={change} comparedWith={comparedWith} />}
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Card>
  );
}

function ChangeText({ change, comparedWith }: { change: Change; comparedWith: string | undefined }) {
  const text = useText();
  const { language } = useLanguage();
  const size = formatChange({ ...change }, language);
  const words =
    change.direction === 'same'
      ? text('components.unchanged')
      : text(change.direction === 'up' ? 'components.up' : 'components.down', { change: size });
  return (
    <Group gap="0 8px" fz="xs" c="dimmed" className="numbers">
      <span>{words}</span>
      {comparedWith !== undefined && (
        <span className="unbroken">{text('components.compared', { period: comparedWith })}</span>
      )}
    </Group>
  );
}
