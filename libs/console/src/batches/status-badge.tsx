import { StateBadge, type Tone } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { type BatchStatus, STATUS_TEXTS } from './batch-status';

const TONES: Partial<Record<BatchStatus, Tone>> = { completed: 'good', failed: 'bad', expired: 'bad' };

/** The status of a batch. */
export function StatusBadge({ status }: { status: BatchStatus }) {
  const text = useText();
  return <StateBadge tone={TONES[status] ?? 'plain'}>{text(STATUS_TEXTS[status])}</StateBadge>;
}
