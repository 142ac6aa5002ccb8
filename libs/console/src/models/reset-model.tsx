import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { AdminModel } from '@thriftgate/contracts';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { useAct } from '../components/use-act';
import { useText } from '../i18n/use-text';

/** Deletes what administrators have set for a model: the configuration or the catalogue applies again. */
export function ResetModel({ model, onDone }: { model: AdminModel; onDone: () => void }) {
  const text = useText();
  const [isOpen, { open, close }] = useDisclosure();
  const act = useAct(() => api.admin.models.delete(model.name), {
    done: () => text('models.deleted', { name: model.name }),
    leave: onDone,
    reload: ['models', 'deployments'],
  });
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {text('models.delete')}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={text('models.deleteTitle', { name: model.name })}
        action={text('models.delete')}
        typeName={model.name}
        isBusy={act.isPending}
        onConfirm={() => act.mutate(undefined, { onSettled: close })}
        onClose={close}
      >
        <Text size="sm">{text('models.deleteLead')}</Text>
      </ConfirmDialog>
    </>
  );
}
