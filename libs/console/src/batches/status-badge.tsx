import { Badge } from '@mantine/core';
import { useText } from '../i18n/use-text';
import { type BatchStatus, STATUS_TEXTS } from './batch-status';

const BAD: ReadonlySet<BatchStatus> = new Set(['failed', 'expired']);
const DOTS = {
  good: 'var(--good)',
  bad: 'var(--bad)',
  running: 'var(--accent-text)',
  other: 'var(--mantine-color-dimmed)',
};

/** The status of a batch as a word with a dot. */
export function StatusBadge({ status }: { status: BatchStatus }) {
  const text = useText();
  const kind = status === 'completed' ? 'good' : BAD.has(status) ? 'bad' : status === 'cancelled' ? 'other' : 'running';
  return (
    <Badge
      variant="default"
      radius="sm"
      size="sm"
      fw={600}
      tt="none"
      leftSection={
        <span
          aria-hidden
          style={{ display: 'inline-block', width: 8, height: 8, borderRadius: '50%', background: DOTS[kind] }}
        />
      }
    >
      {text(STATUS_TEXTS[status])}
    </Badge>
  );
}
