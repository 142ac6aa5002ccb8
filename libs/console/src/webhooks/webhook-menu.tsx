import { ActionIcon, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Webhook } from '@thriftgate/contracts';
import { Ellipsis } from 'lucide-react';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';
import { ConfirmAct } from '../components/confirm-act';
import { useAct } from '../components/use-act';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

const webhookSubject = (id: string): Subject<Webhook> => ({
  key: ['webhooks', id],
  read: (options) => api.admin.webhooks.getTagged(id, options),
});

/** What one may do with a webhook. */
export function WebhookMenu({ webhook, onDeliveries }: { webhook: Webhook; onDeliveries: () => void }) {
  const [text, toast] = [useText(), useToast()];
  const { id, url, active } = webhook;
  const mayWrite = useMay('webhooks:write');
  const [isDeleting, { open, close }] = useDisclosure();
  const reload = ['webhooks'];
  const test = useAct(() => api.admin.webhooks.test(id), { reload });
  const change = useAct(() => api.admin.webhooks.update(id, { active: !active }), { reload });
  const sendTest = () =>
    test.mutate(undefined, {
      onSuccess: ({ delivered, error }) =>
        delivered
          ? toast.done(text('webhooks.testDelivered', { name: url }))
          : toast.failed(text('webhooks.testFailed', { name: url, error: error ?? '' })),
    });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={text('webhooks.acts', { name: url })}
            loading={test.isPending || change.isPending}
          >
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onDeliveries}>{text('webhooks.deliveries')}</Menu.Item>
          {mayWrite && (
            <>
              <Menu.Item onClick={sendTest}>{text('webhooks.test')}</Menu.Item>
              <Menu.Item onClick={() => change.mutate(undefined)}>
                {text(active ? 'webhooks.disable' : 'webhooks.enable')}
              </Menu.Item>
              <Menu.Item color="red" onClick={open}>
                {text('webhooks.delete')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmAct
        isOpen={isDeleting}
        title={text('webhooks.deleteTitle')}
        action={text('webhooks.delete')}
        subject={webhookSubject(id)}
        act={(options) => api.admin.webhooks.delete(id, options)}
        done={() => text('webhooks.deleted')}
        reload={reload}
        onClose={close}
      >
        <Text size="sm">{text('webhooks.deleteLead', { url })}</Text>
      </ConfirmAct>
    </>
  );
}
