import { Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { CopyButton } from '../components/copy-button';
import { PageLink } from '../components/page-link';
import { PageTitle } from '../components/page-title';
import { QueryPart } from '../components/query-part';
import { RateNote } from '../components/rate-note';
import { StatCard } from '../components/stat-card';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { BackLink } from './back-link';
import { BatchActions } from './batch-actions';
import { nameOf, timeOf } from './batch-columns';
import { isRunning } from './batch-status';
import { Downloads } from './downloads';
import { ErrorGroups } from './error-groups';
import { LineStates } from './line-states';
import { ProgressBar } from './progress-bar';
import { ShardTable } from './shard-table';
import { Stages } from './stages';
import { StatusBadge } from './status-badge';
import { useBatchesSearch } from './use-batches-page';

const POLL_SECONDS = 3;

/** One batch: how far it is, where its lines are, what failed and why, what it costs, and its files. */
export function BatchDetail({ id }: { id: string }) {
  const text = useText();
  const [, change] = useBatchesSearch();
  const query = useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => api.admin.batches.retrieve(id, { signal }),
    refetchInterval: ({ state }) => (state.data && isRunning(state.data) ? pollEvery(POLL_SECONDS)() : false),
  });
  const title = nameOf(query.data?.metadata ?? null) ?? text('batches.batch');
  return (
    <>
      <BackLink onClick={() => change({ batch: undefined })} />
      <PageTitle title={title}>{query.data && <BatchActions batch={query.data} />}</PageTitle>
      <RateNote />
      <QueryPart query={query} height={520}>
        {(batch) => <Detail batch={batch} />}
      </QueryPart>
    </>
  );
}

function Detail({ batch }: { batch: AdminBatchDetails }) {
  const text = useText();
  const { full: amount } = useMoney();
  const { count } = useNumbers();
  const { gateway } = batch;
  return (
    <Stack gap="md">
      <Group gap="sm">
        <StatusBadge status={batch.status} />
        <Group gap={4} wrap="nowrap">
          <Text size="sm" ff="monospace">
            {batch.id}
          </Text>
          <CopyButton value={batch.id} />
        </Group>
        <Text size="sm" c="dimmed">
          {`${batch.team_name ?? batch.team_id} / ${batch.key_name ?? batch.key_id}`}
        </Text>
        <PageLink page="requests" search={{ q: `batch:${batch.id}` }}>
          {text('batches.inLog')}
        </PageLink>
      </Group>
      <Card withBorder padding="md">
        <Stack gap="md">
          <Stages batch={batch} />
          <ProgressBar counts={batch.request_counts} />
          <Group gap="lg">
            <Text size="sm" c="dimmed">
              {text('batches.created')} <When at={timeOf(batch.created_at)} />
            </Text>
            <Text size="sm" c="dimmed">
              {text('batches.expires')} <When at={timeOf(batch.expires_at)} />
            </Text>
          </Group>
        </Stack>
      </Card>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <StatCard label={text('batches.cost')} value={amount(gateway.cost_usd)} />
        <StatCard
          label={text('batches.listCost')}
          value={amount(gateway.list_cost_usd)}
          note={text('batches.listNote')}
        />
        <StatCard label={text('batches.saved')} value={amount(gateway.saved_usd)} />
        <StatCard
          label={text('batches.notAsked')}
          value={count(gateway.cached + gateway.deduplicated)}
          note={text('batches.notAskedNote', {
            cached: count(gateway.cached),
            duplicates: count(gateway.deduplicated),
          })}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder padding="md">
          <LineStates lines={batch.lines} />
        </Card>
        <Card withBorder padding="md">
          <Downloads batch={batch} />
        </Card>
      </SimpleGrid>
      {batch.errors && batch.errors.data.length > 0 && (
        <Card withBorder padding="md">
          <Title order={2} size="h3" mb="xs">
            {text('batches.refused')}
          </Title>
          {batch.errors.data.slice(0, 20).map(({ line, message }, index) => (
            <Text key={index} size="sm">
              {line !== null && `${text('batches.line', { line })} `}
              <span lang="en">{message}</span>
            </Text>
          ))}
        </Card>
      )}
      {batch.errors_by_code.length > 0 && <ErrorGroups groups={batch.errors_by_code} />}
      {batch.shards.length > 0 && <ShardTable shards={batch.shards} />}
    </Stack>
  );
}
