import { ActionIcon, Group, Text } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useDisplay } from '../display/use-display';
import { bucketLabel, dateIn, monthAfter } from '../format';
import { useText } from '../i18n/use-text';

/** Goes through the months up to the running one. */
export function MonthPicker({ month, onChange }: { month: string; onChange: (month: string) => void }) {
  const text = useText();
  const { timezone, language } = useDisplay();
  const running = dateIn(timezone, new Date()).slice(0, 7);
  return (
    <Group gap={4} role="group" aria-label={text('statements.month')}>
      <ActionIcon
        variant="default"
        aria-label={text('statements.before')}
        onClick={() => onChange(monthAfter(month, -1))}
      >
        <ChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <Text size="sm" fw={600} px={4} aria-live="polite">
        {bucketLabel(month, timezone, language)}
      </Text>
      <ActionIcon
        variant="default"
        aria-label={text('statements.after')}
        disabled={month >= running}
        onClick={() => onChange(monthAfter(month, 1))}
      >
        <ChevronRight size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
