import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { AdminModel } from '@thriftgate/contracts';
import { api } from '../api/client';
import { ConfirmAct } from '../components/confirm-act';
import { useText } from '../i18n/use-text';
import { modelSubject } from './model-subject';

/** Deletes what administrators have set for a model: the configuration or the catalogue applies again. */
export function ResetModel({ model: { name }, onDone }: { model: AdminModel; onDone: () => void }) {
  const text = useText();
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {text('models.delete')}
      </Button>
      <ConfirmAct
        isOpen={isOpen}
        title={text('models.deleteTitle', { name })}
        action={text('models.delete')}
        typeName={name}
        subject={modelSubject(name)}
        act={(options) => api.admin.models.delete(name, options)}
        done={() => text('models.deleted', { name })}
        leave={onDone}
        reload={['models', 'deployments']}
        onClose={close}
      >
        <Text size="sm">{text('models.deleteLead')}</Text>
      </ConfirmAct>
    </>
  );
}
