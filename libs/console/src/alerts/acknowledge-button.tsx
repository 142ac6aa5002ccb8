import { Button, Text } from '@mantine/core';
import type { Alert } from '@thriftgate/contracts';
import { api } from '../api/client';
import { useAct } from '../components/use-act';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

/** Acknowledges an alert, or says when it was acknowledged. */
export function AcknowledgeButton({ alert }: { alert: Alert }) {
  const text = useText();
  const mayWrite = useMay('alerts:write');
  const acknowledge = useAct(() => api.admin.alerts.acknowledge(alert.id), { reload: ['alerts', 'overview'] });
  if (alert.acknowledged_at !== null)
    return (
      <Text size="sm" c="dimmed">
        {text('alerts.acknowledged')} <When at={alert.acknowledged_at} as="ago" />
      </Text>
    );
  if (!mayWrite) return text('alerts.open');
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={acknowledge.isPending}
      onClick={(event) => {
        event.stopPropagation();
        acknowledge.mutate(undefined);
      }}
    >
      {text('alerts.acknowledge')}
    </Button>
  );
}
