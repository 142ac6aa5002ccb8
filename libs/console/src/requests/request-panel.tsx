import { ActionIcon, Alert, Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RequestDetails } from '@thriftgate/contracts';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { api } from '../api/client';
import { CacheStatus } from '../components/cache-status';
import { CopyButton } from '../components/copy-button';
import { QueryPart } from '../components/query-part';
import { When } from '../components/when';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { AttemptList } from './attempt-list';
import { curlOf } from './curl';
import classes from './request-list.module.css';
import { Timeline } from './timeline';

/** One request beside the list: what happened, in order, what it cost and by which price, and why it was not cached. */
export function RequestPanel({ requestId, onClose }: { requestId: string; onClose: () => void }) {
  const text = useText();
  const query = useQuery({
    queryKey: ['request', requestId],
    queryFn: ({ signal }) => api.admin.requests.retrieve(requestId, { signal }),
  });
  return (
    <aside
      className={classes.details}
      aria-label={text('requests.details')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <Stack gap={0} miw={0}>
          <Title order={2} size="h3">
            {text('requests.details')}
          </Title>
          <Group gap={4} wrap="nowrap">
            <Code>{requestId}</Code>
            <CopyButton value={requestId} />
          </Group>
        </Stack>
        <ActionIcon variant="subtle" color="gray" aria-label={text('components.close')} onClick={onClose}>
          <X size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <QueryPart query={query} height={420}>
        {(details) => <Details details={details} />}
      </QueryPart>
    </aside>
  );
}

function Details({ details }: { details: RequestDetails }) {
  const text = useText();
  const { language } = useDisplay();
  const { full: amount } = useMoney();
  const { latency } = useNumbers();
  const { caching, error } = details;
  const savedBy = (name: string) => (isSaving(name) ? text(`requests.savedBy.${name}`) : name);
  return (
    <Stack gap="md">
      <Group gap="xs">
        <CacheStatus status={details.cache_status} />
        <Badge variant="default" radius="sm" size="sm" fw={600} lang="en" ff="monospace" tt="none">
          {`${details.status ?? '–'} ${details.state}`}
        </Badge>
        {details.stream && (
          <Badge variant="default" radius="sm" size="sm" fw={600} tt="none">
            {text('requests.stream')}
          </Badge>
        )}
      </Group>
      {error && (
        <Alert color="red" variant="outline" title={<code>{error.code}</code>}>
          <span lang="en">{error.message}</span>
        </Alert>
      )}
      <Facts
        facts={[
          [text('requests.time'), <When key="at" at={details.created_at} />],
          [text('requests.owner'), `${details.team_name ?? details.team_id} / ${details.key_name ?? details.key_id}`],
          [text('requests.model'), <code key="model">{details.model}</code>],
          [text('requests.cost'), amount(details.cost_usd)],
          [text('requests.listCost'), amount(details.list_cost_usd)],
          [
            text('requests.saved'),
            `${amount(details.saved_usd)}${details.saved_by === null ? '' : ` · ${savedBy(details.saved_by)}`}`,
          ],
          [
            text('requests.latency'),
            details.ttft_ms === null
              ? latency(details.latency_ms)
              : `${latency(details.latency_ms)} · ${text('requests.first')} ${latency(details.ttft_ms)}`,
          ],
          ...(details.tags.length > 0 ? [[text('requests.tags'), details.tags.join(', ')] as const] : []),
        ]}
      />
      <section>
        <Title order={3} size="h4" mb={4}>
          {text(caching.code === 'hit' || caching.code === 'stored' ? 'requests.caching' : 'requests.whyNot')}
        </Title>
        <Text size="sm">{caching.text[language]}</Text>
        <Text size="xs" c="dimmed">
          {text('requests.generation', { generation: caching.generation })}
        </Text>
      </section>
      <Timeline steps={details.timeline} />
      <AttemptList attempts={details.attempts} prices={details.prices} />
      <section>
        <Group justify="space-between" mb={4}>
          <Title order={3} size="h4">
            {text('requests.curl')}
          </Title>
          <CopyButton value={curlOf(details, location.origin)} />
        </Group>
        <Code block lang="en" tabIndex={0} aria-label={text('requests.curl')}>
          {curlOf(details, location.origin)}
        </Code>
        <Text size="xs" c="dimmed" mt={4}>
          {text('requests.curlHint')}
        </Text>
      </section>
    </Stack>
  );
}

const SAVINGS = ['cache', 'coalesced', 'dedupe', 'batch', 'prompt_cache', 'routing'] as const;

/** Not of a newer gateway, whose word is shown as it is. */
const isSaving = (name: string): name is (typeof SAVINGS)[number] => SAVINGS.some((each) => each === name);

function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'max-content minmax(0, 1fr)', gap: '2px 16px', margin: 0 }}>
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} className="numbers">
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}
