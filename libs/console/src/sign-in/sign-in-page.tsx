import '../app/later-styles';
import { Button, Card, Center, PasswordInput, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ThriftgateError } from '@thriftgate/sdk';
import { type FormEvent, useEffect, useState } from 'react';
import { api } from '../api/client';
import { Brand } from '../components/brand';
import type { Language } from '../i18n/language';
import { useLanguage } from '../i18n/language-provider';
import { type Text as TextOf, useText } from '../i18n/use-text';
import { samePath } from '../routes/same-site';

const MINUTE_SECONDS = 60;

/** Signs a person in with a key, and returns to the page that they came from. */
export function SignInPage() {
  const text = useText();
  const queryClient = useQueryClient();
  const { to }: { to?: unknown } = useSearch({ strict: false });
  const [isBusy, setBusy] = useState(false);
  const form = useForm({ mode: 'uncontrolled', initialValues: { key: '' } });
  useEffect(() => {
    document.title = `${text('signIn.title')} · Thriftgate`;
  }, [text]);

  const submit = async ({ key }: { key: string }) => {
    const trimmed = key.trim();
    if (trimmed === '') return form.setFieldError('key', text('signIn.empty'));
    setBusy(true);
    try {
      await api.session.signIn(trimmed);
      queryClient.clear();
      // A whole new page: nothing of who was signed in before is left in memory.
      window.location.assign(samePath(to));
    } catch (error) {
      setBusy(false);
      form.setFieldError('key', messageOf(error, text));
    }
  };

  return (
    <Center component="main" mih="100vh" p="md" bg="var(--surface-raised)">
      <Stack w="100%" maw={400} gap="md">
        <Brand />
        <Card withBorder padding="lg">
          <form onSubmit={form.onSubmit(submit) as (event: FormEvent) => void}>
            <Stack gap="md">
              <div>
                <Title order={1} size="h2">
                  {text('signIn.title')}
                </Title>
                <Text c="dimmed">{text('signIn.lead')}</Text>
              </div>
              <PasswordInput
                label={text('signIn.key')}
                description={text('signIn.keyHint')}
                name="password"
                autoComplete="current-password"
                autoFocus
                spellCheck={false}
                key={form.key('key')}
                {...form.getInputProps('key')}
              />
              <Button type="submit" loading={isBusy} fullWidth>
                {text('signIn.submit')}
              </Button>
            </Stack>
          </form>
        </Card>
        <Text size="xs" c="dimmed">
          {text('signIn.noKey')}
        </Text>
        <Languages />
      </Stack>
    </Center>
  );
}

function Languages() {
  const { language, setLanguage } = useLanguage();
  return (
    <SegmentedControl
      size="xs"
      value={language}
      onChange={(chosen) => setLanguage(chosen as Language)}
      data={[
        { value: 'ko', label: <span lang="ko">한국어</span> },
        { value: 'en', label: <span lang="en">English</span> },
      ]}
    />
  );
}

function messageOf(error: unknown, text: TextOf): string {
  if (!(error instanceof ThriftgateError)) return text('signIn.unreachable');
  if (error.status === 429) return text('signIn.limited', { seconds: error.retryAfterSeconds ?? MINUTE_SECONDS });
  return error.message;
}
