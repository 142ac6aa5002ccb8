import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import { api } from '../api/client';
import { PageTitle } from '../components/page-title';
import { QueryPart } from '../components/query-part';
import { useText } from '../i18n/use-text';
import { WithMessages } from '../i18n/with-messages';
import { useMay } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { CreateWebhookDialog } from './create-webhook-dialog';
import { DeliveriesDrawer } from './deliveries-drawer';
import { WebhookSecretDialog } from './webhook-secret-dialog';
import { WebhooksTable } from './webhooks-table';

const readSearch = ({ webhook }: RawSearch) => ({ openId: typeof webhook === 'string' ? webhook : undefined });

/** The receivers of alerts. */
export function WebhooksPage() {
  return (
    <Suspense>
      <WithMessages file="alerts">
        <Webhooks />
      </WithMessages>
    </Suspense>
  );
}

function Webhooks() {
  const text = useText();
  const mayWrite = useMay('webhooks:write');
  const [{ openId }, change] = usePageSearch(readSearch);
  const [isCreating, { open, close }] = useDisclosure();
  const [secret, setSecret] = useState<string>();
  const webhooks = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => api.admin.webhooks.list({ signal }),
  });
  return (
    <>
      <PageTitle title={text('shell.page.webhooks')} lead={text('webhooks.lead')}>
        {mayWrite && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={open}>
            {text('webhooks.create')}
          </Button>
        )}
      </PageTitle>
      <QueryPart query={webhooks}>
        {({ data }) => <WebhooksTable rows={data} onDeliveries={(id) => change({ webhook: id })} />}
      </QueryPart>
      <DeliveriesDrawer
        webhookId={openId}
        url={webhooks.data?.data.find(({ id }) => id === openId)?.url}
        onClose={() => change({ webhook: undefined })}
      />
      <CreateWebhookDialog isOpen={isCreating} onClose={close} onSecret={setSecret} />
      <WebhookSecretDialog secret={secret} onSaved={() => setSecret(undefined)} />
    </>
  );
}
