import { Alert, Button, Group } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { serverVersion } from '../api/server-version';
import { useText } from '../i18n/use-text';

/** Offers a reload once another version of the gateway answers than the one that this page is of. */
export function UpdateNotice() {
  const text = useText();
  const isOld = useSyncExternalStore(serverVersion.subscribe, serverVersion.isOld);
  if (!isOld) return null;
  return (
    <Alert variant="outline" mb="md" icon={<RefreshCw aria-hidden />} role="status">
      <Group justify="space-between">
        {text('shell.updated')}
        <Button size="xs" onClick={() => window.location.reload()}>
          {text('shell.reload')}
        </Button>
      </Group>
    </Alert>
  );
}
