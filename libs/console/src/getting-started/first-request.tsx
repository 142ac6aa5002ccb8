import { Alert, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RequestRow } from '@thriftgate/contracts';
import { CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { ErrorCard } from '../components/error-card';
import { PageLink } from '../components/page-link';
import { useDisplay } from '../display/use-display';
import { formatLatency, formatTime, formatUsd } from '../format';
import { useText } from '../i18n/use-text';

const EVERY_SECONDS = 2;
const MS_BEFORE = 5_000;

/** Waits for the first call of a key since the page was opened, then for a hit. */
export function FirstRequest({ keyId }: { keyId: string | undefined }) {
  const text = useText();
  const [openedAt] = useState(() => new Date(Date.now() - MS_BEFORE));
  const { data, error, refetch } = useQuery({
    queryKey: ['first-request', keyId, openedAt],
    queryFn: async ({ signal }) => {
      const query = { ...(keyId !== undefined && { key_id: keyId }), from: openedAt, limit: 20 };
      const page = await api.admin.requests.list(query, { signal });
      return page.data.filter(({ endpoint, corrects }) => endpoint.startsWith('/v1/') && corrects === null);
    },
    enabled: keyId !== undefined,
    refetchInterval: ({ state }) => (isHit(state.data) ? false : pollEvery(EVERY_SECONDS)()),
  });
  if (keyId === undefined) return <Text size="sm">{text('gettingStarted.needsKey')}</Text>;
  if (error && !data) return <ErrorCard error={error} onRetry={() => void refetch()} />;
  const first = data?.at(-1);
  const hit = data?.find(({ cache_status: status }) => status === 'HIT');
  return (
    <Stack gap="xs" role="status" aria-live="polite">
      {first ? (
        <Seen row={first} title={text('gettingStarted.arrived')} />
      ) : (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{text('gettingStarted.waiting')}</Text>
        </Group>
      )}
      {hit && hit !== first && <Seen row={hit} title={text('gettingStarted.hit')} />}
      {first && !hit && <Text size="sm">{text('gettingStarted.again')}</Text>}
    </Stack>
  );
}

const isHit = (rows: readonly RequestRow[] | undefined) => rows?.some(({ cache_status: status }) => status === 'HIT');

function Seen({ row, title }: { row: RequestRow; title: string }) {
  const text = useText();
  const { language, timezone } = useDisplay();
  const isGood = row.error_code === null && (row.status ?? 0) < 400;
  const facts = [
    formatTime(new Date(row.created_at), timezone, language),
    row.model,
    row.status,
    row.cache_status,
    row.latency_ms === null ? undefined : formatLatency(row.latency_ms, language),
    formatUsd(row.cost_usd, language),
  ].filter((fact) => fact !== undefined && fact !== null);
  return (
    <Alert
      variant="outline"
      color={isGood ? 'green' : 'red'}
      title={isGood ? title : text('gettingStarted.failed')}
      icon={<CircleCheck aria-hidden />}
      data-seen={row.cache_status}
    >
      <Text size="sm" className="numbers">
        {facts.join(' · ')}
      </Text>
      {row.error_code !== null && <Text size="sm">{row.error_code}</Text>}
      <Text size="sm">
        <PageLink page="requests" search={{ request: row.request_id }}>
          {text('gettingStarted.open')}
        </PageLink>
      </Text>
    </Alert>
  );
}
