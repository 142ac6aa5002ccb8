import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { AuditVerification } from '@thriftgate/contracts';
import { ShieldCheck, TriangleAlert } from 'lucide-react';
import { useToast } from '../components/toast';
import { When } from '../components/when';
import { useDisplay } from '../display/use-display';
import { formatDay } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { useChain, useVerifyNow } from './chain-query';

/** Whether every event is as it was written, for those who may read all of them. */
export function ChainState() {
  return useMay('audit:verify') ? <Chain /> : null;
}

function Chain() {
  const [text, toast] = [useText(), useToast()];
  const { data, error } = useChain();
  const verify = useVerifyNow((failure) => toast.failed(text('audit.verifyFailed', { message: failure.message })));
  const again = (
    <Button size="compact-xs" variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
      {text('audit.verifyNow')}
    </Button>
  );
  if (data?.broken) return <Broken chain={data} broken={data.broken} again={again} />;
  return (
    <Group gap="xs" mb="sm" mih={24}>
      <Group gap="xs" wrap="nowrap">
        {data && !error && (
          <ShieldCheck size={16} aria-hidden color="var(--mantine-color-green-text)" style={{ flex: 'none' }} />
        )}
        <Text size="sm" role="status">
          {error ? (
            text('audit.verifyFailed', { message: error.message })
          ) : data ? (
            <Whole chain={data} />
          ) : (
            text('audit.verifying')
          )}
        </Text>
      </Group>
      {(data ?? error) && again}
    </Group>
  );
}

function Whole({ chain: { first_at: firstAt, entries, verified_at: at } }: { chain: AuditVerification }) {
  const text = useText();
  const { language, timezone } = useDisplay();
  const date = firstAt === null ? '–' : formatDay(new Date(firstAt), language, timezone);
  return (
    <>
      {text('audit.verified', { date, count: entries })}{' '}
      <Text span size="xs" c="dimmed">
        {text('audit.verifiedAt')} <When at={at} as="ago" />
      </Text>
    </>
  );
}

interface BrokenProps {
  chain: AuditVerification;
  broken: NonNullable<AuditVerification['broken']>;
  again: React.ReactNode;
}

function Broken({ chain: { verified_at: at }, broken: { seq, problem }, again }: BrokenProps) {
  const text = useText();
  return (
    <Alert
      color="red"
      variant="outline"
      mb="sm"
      icon={<TriangleAlert aria-hidden />}
      title={text('audit.broken', { seq })}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">{text(`audit.problem.${problem}`)}</Text>
        <Text size="sm">{text('audit.brokenTodo')}</Text>
        <Group gap="xs">
          {again}
          <Text size="xs" c="dimmed">
            {text('audit.verifiedAt')} <When at={at} as="ago" />
          </Text>
        </Group>
      </Stack>
    </Alert>
  );
}
