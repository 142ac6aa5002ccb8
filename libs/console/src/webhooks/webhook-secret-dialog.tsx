import { Code, Text } from '@mantine/core';
import { SecretOnceDialog } from '../components/secret-once-dialog';
import { useText } from '../i18n/use-text';

/** Shows once what receivers check signatures with. */
export function WebhookSecretDialog({ secret, onSaved }: { secret: string | undefined; onSaved: () => void }) {
  const text = useText();
  return (
    <SecretOnceDialog title={text('webhooks.secret')} secret={secret} onSaved={onSaved}>
      <Text size="sm">
        {text('webhooks.secretLead')} <Code>webhook-signature</Code>
      </Text>
    </SecretOnceDialog>
  );
}
