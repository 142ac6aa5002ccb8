import { Code, Group, Stack, Text, Title } from '@mantine/core';
import { Suspense, type ReactNode, useState } from 'react';
import { CopyButton } from '../components/copy-button';
import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';
import { WithMessages } from '../i18n/with-messages';
import { useMay, useMe } from '../me/use-me';
import { FirstRequest } from './first-request';
import { KeyStep } from './key-step';
import { SnippetStep } from './snippet-step';

/** From nothing to a first call, and to the same call from the cache. */
export function GettingStartedPage() {
  const text = useText();
  const me = useMe();
  const mayIssue = useMay('keys:write');
  const mayWatch = useMay('requests:read');
  // A key of the environment calls no models for a team: the calls of a new key are awaited.
  const [keyId, setKeyId] = useState(me.team === null ? undefined : me.key_id);
  const baseUrl = `${window.location.origin}/v1`;
  return (
    <>
      <PageTitle title={text('shell.page.gettingStarted')} lead={text('gettingStarted.lead')} />
      <Stack gap="xl" maw={860}>
        <Step number={1} title={text('gettingStarted.address')}>
          <Group wrap="nowrap" gap="xs">
            <Code fz="sm" px="sm" py={6}>
              {baseUrl}
            </Code>
            <CopyButton value={baseUrl} />
          </Group>
        </Step>
        <Step number={2} title={text('gettingStarted.key')}>
          <Suspense>
            <WithMessages file="keys">
              {mayIssue ? <KeyStep onIssued={setKeyId} /> : <Text size="sm">{text('gettingStarted.ownKey')}</Text>}
            </WithMessages>
          </Suspense>
        </Step>
        <Step number={3} title={text('gettingStarted.call')}>
          <SnippetStep baseUrl={baseUrl} />
        </Step>
        {mayWatch && (
          <Step number={4} title={text('gettingStarted.watch')}>
            <FirstRequest keyId={keyId} />
          </Step>
        )}
      </Stack>
    </>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={`step-${number}`}>
      <Title order={2} size="h3" mb="xs" id={`step-${number}`}>
        {`${number}. ${title}`}
      </Title>
      {children}
    </section>
  );
}
