import { Progress, Text } from '@mantine/core';
import type { AdminBatch } from '@thriftgate/contracts';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';

/** How many lines have ended, in words and as a bar; failed ones are a part of their own. */
export function ProgressBar({ counts }: { counts: AdminBatch['request_counts'] }) {
  const text = useText();
  const { count, percent } = useNumbers();
  const { total, completed, failed } = counts;
  const share = (lines: number) => (total === 0 ? 0 : (lines / total) * 100);
  const words = text('batches.progress', {
    percent: percent(total === 0 ? 0 : (completed + failed) / total),
    ended: count(completed + failed),
    total: count(total),
  });
  return (
    <div style={{ minWidth: 140 }}>
      <Progress.Root size={8} radius="xs" aria-label={words}>
        <Progress.Section value={share(completed)} color="var(--mantine-primary-color-filled)" aria-label={words} />
        <Progress.Section
          value={share(failed)}
          color="var(--bad)"
          aria-label={text('batches.failedLines', { count: count(failed) })}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" className="numbers">
        {words}
        {failed > 0 && ` · ${text('batches.failedLines', { count: count(failed) })}`}
      </Text>
    </div>
  );
}
