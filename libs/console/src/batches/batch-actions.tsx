import { Button, Stack, Text } from '@mantine/core';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { useAct } from '../components/use-act';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { hasFailedLines, isCancellable } from './batch-status';
import { useBatchesSearch } from './use-batches-page';

interface ActionProps {
  batch: AdminBatchDetails;
}

/** What may be done with a batch; each act says first what it costs. */
export function BatchActions({ batch }: ActionProps) {
  if (!useMay('batches:write')) return null;
  return (
    <>
      {hasFailedLines(batch) && <Retry batch={batch} />}
      {isCancellable(batch) && <Cancel batch={batch} />}
    </>
  );
}

/** Runs lines without a response again, as a new batch. */
function Retry({ batch }: ActionProps) {
  const text = useText();
  const money = useMoney();
  const { count } = useNumbers();
  const [, change] = useBatchesSearch();
  const [isAsking, setAsking] = useState(false);
  const retry = useAct(() => api.admin.batches.retry(batch.id), {
    done: () => text('batches.retried'),
    reload: ['batches'],
  });
  const { completed, total } = batch.request_counts;
  const lines = count(total - completed);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {text('batches.retry', { count: lines })}…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={text('batches.retryTitle')}
        action={text('batches.retryAction')}
        isBusy={retry.isPending}
        onConfirm={() =>
          retry.mutate(undefined, {
            onSuccess: ({ id }) => change({ batch: id }),
            onSettled: () => setAsking(false),
          })
        }
        onClose={() => setAsking(false)}
      >
        <Stack gap="xs">
          <Text size="sm" className="numbers">
            {text('batches.retryLead', { count: lines })}
          </Text>
          <Text size="sm" className="numbers">
            {text('batches.retryPaid', { ended: count(completed), cost: money.full(batch.gateway.cost_usd) })}
          </Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}

function Cancel({ batch }: ActionProps) {
  const text = useText();
  const money = useMoney();
  const { count } = useNumbers();
  const [isAsking, setAsking] = useState(false);
  const cancel = useAct(() => api.admin.batches.cancel(batch.id), { reload: ['batch', 'batches'] });
  const { completed, failed, total } = batch.request_counts;
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {text('batches.cancel')}…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={text('batches.cancelTitle')}
        action={text('batches.cancelAction')}
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        <Stack gap="xs">
          <Text size="sm" className="numbers">
            {text('batches.cancelPaid', {
              cost: money.full(batch.gateway.cost_usd),
              ended: count(completed + failed),
            })}
          </Text>
          <Text size="sm" className="numbers">
            {text('batches.cancelRest', { rest: count(total - completed - failed) })}
          </Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
