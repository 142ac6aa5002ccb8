import type { AdminBatch } from '@thriftgate/contracts';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { timeOf } from './batch-columns';
import classes from './batches.module.css';
import { STATUS_TEXTS } from './batch-status';

/** The way of a batch from its check to its results, with when each stage was reached. */
export function Stages({ batch }: { batch: AdminBatch }) {
  const text = useText();
  const ended = endOf(batch);
  const stages = [
    { id: 'validating' as const, at: batch.created_at },
    { id: 'in_progress' as const, at: batch.in_progress_at },
    ...(batch.cancelling_at === null ? [] : [{ id: 'cancelling' as const, at: batch.cancelling_at }]),
    { id: 'finalizing' as const, at: batch.finalizing_at },
    { id: ended?.id ?? ('completed' as const), at: ended?.at ?? null },
  ];
  // An ended batch may have left stages out.
  const shown = ended ? stages.filter(({ at }) => at !== null) : stages;
  return (
    <ol className={classes.stages} aria-label={text('batches.stages')}>
      {shown.map(({ id, at }) => (
        <li key={id} data-reached={at !== null} aria-current={batch.status === id ? 'step' : undefined}>
          <span>{text(STATUS_TEXTS[id])}</span>
          {at !== null && (
            <small>
              <When at={timeOf(at)} />
            </small>
          )}
        </li>
      ))}
    </ol>
  );
}

function endOf(batch: AdminBatch) {
  const ends = [
    { id: 'completed' as const, at: batch.completed_at },
    { id: 'failed' as const, at: batch.failed_at },
    { id: 'expired' as const, at: batch.expired_at },
    { id: 'cancelled' as const, at: batch.cancelled_at },
  ];
  return ends.find(({ at }) => at !== null);
}
