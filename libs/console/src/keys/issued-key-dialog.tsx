import { Button, Code, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { CreatedKey } from '@thriftgate/contracts';
import { clientOfKey } from '../api/client-of-key';
import { CopyButton } from '../components/copy-button';
import { SecretOnceDialog } from '../components/secret-once-dialog';
import { useText } from '../i18n/use-text';

/** Shows a new key once, with the line that sets it and a call that shows that it works. */
export function IssuedKeyDialog({ issued, onSaved }: { issued: CreatedKey | undefined; onSaved: () => void }) {
  const text = useText();
  return (
    <SecretOnceDialog title={text('keys.issued', { name: issued?.name ?? '' })} secret={issued?.key} onSaved={onSaved}>
      {issued && <WhatNext secret={issued.key} />}
    </SecretOnceDialog>
  );
}

function WhatNext({ secret }: { secret: string }) {
  const text = useText();
  const line = `export OPENAI_API_KEY=${secret}`;
  const test = useMutation({
    mutationFn: () => clientOfKey(secret).models.list(),
    gcTime: 0,
  });
  return (
    <>
      <Group wrap="nowrap">
        <Code block tabIndex={0} flex={1} data-secret>
          {line}
        </Code>
        <CopyButton value={line} label={text('components.copy')} />
      </Group>
      <Group>
        <Button variant="default" size="xs" loading={test.isPending} onClick={() => test.mutate()}>
          {text('keys.test')}
        </Button>
        <Text size="sm" role="status">
          {test.data && text('keys.tested', { count: test.data.data.length })}
          {test.error && text('keys.testFailed', { message: test.error.message })}
        </Text>
      </Group>
    </>
  );
}
