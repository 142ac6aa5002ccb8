import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { useToast } from '../components/toast';
import { useAmount } from '../display/use-amount';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { hasFailedLines, isCancellable } from './batch-status';
import { useBatchesSearch } from './use-batches-page';

/** Cancels a batch after saying what is paid already, and runs failed lines again as a new batch. */
export function BatchActions({ batch }: { batch: AdminBatchDetails }) {
  const text = useText();
  const amount = useAmount();
  const { count } = useNumbers();
  const toast = useToast();
  const client = useQueryClient();
  const [, change] = useBatchesSearch();
  const [isAsking, setAsking] = useState(false);
  const onError = (error: Error) => toast.failed(text('batches.actFailed', { message: error.message }));
  const cancel = useMutation({
    mutationFn: () => api.admin.batches.cancel(batch.id),
    onError,
    onSettled: async () => {
      setAsking(false);
      await client.invalidateQueries({ queryKey: ['batch', batch.id] });
    },
  });
  const retry = useMutation({
    mutationFn: () => api.admin.batches.retry(batch.id),
    onError,
    onSuccess: async ({ id }) => {
      toast.done(text('batches.retried'));
      await client.invalidateQueries({ queryKey: ['batches'] });
      change({ batch: id });
    },
  });
  if (!useMay('batches:write')) return null;
  const { completed, failed, total } = batch.request_counts;
  return (
    <>
      {hasFailedLines(batch) && (
        <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
          {text('batches.retry', { count: count(total - completed) })}
        </Button>
      )}
      {isCancellable(batch) && (
        <Button size="xs" variant="default" onClick={() => setAsking(true)}>
          {text('batches.cancel')}…
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={text('batches.cancelTitle')}
        action={text('batches.cancelAction')}
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      >
        <Stack gap="xs">
          <Text size="sm" className="numbers">
            {text('batches.cancelPaid', { cost: amount(batch.gateway.cost_usd), ended: count(completed + failed) })}
          </Text>
          <Text size="sm" className="numbers">
            {text('batches.cancelRest', { rest: count(total - completed - failed) })}
          </Text>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
