import { Button, Card, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BatchQuote } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ErrorCard } from '../components/error-card';
import { StatCard } from '../components/stat-card';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { timeOf } from './batch-columns';
import type { BatchEndpoint } from './line-check';
import { QuoteTable } from './quote-table';
import { useBatchesSearch } from './use-batches-page';

interface QuoteStepProps {
  /** JSONL, without a fault. */
  lines: Blob;
  fileName: string;
  endpoint: BatchEndpoint;
  window: string;
  teamId: string;
}

/** Uploads the checked lines, shows what they cost, and starts them. Nothing is spent before that. */
export function QuoteStep({ lines, fileName, endpoint, window: completionWindow, teamId }: QuoteStepProps) {
  const text = useText();
  const client = useQueryClient();
  const [, change] = useBatchesSearch();
  const [name, setName] = useState('');
  const quote = useMutation({
    gcTime: 0,
    mutationFn: async () => {
      const file = await api.admin.batches.upload(teamId, { file: lines, filename: fileName, purpose: 'batch' });
      const batch = {
        team_id: teamId,
        input_file_id: file.id,
        endpoint,
        completion_window: completionWindow,
      };
      return { batch, quote: await api.admin.batches.quote(batch) };
    },
  });
  const start = useMutation({
    gcTime: 0,
    mutationFn: () => {
      if (!quote.data) throw new Error('There is no quote.');
      const metadata = name.trim() === '' ? {} : { metadata: { name: name.trim() } };
      return api.admin.batches.create({ ...quote.data.batch, ...metadata });
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['batches'] });
      change({ new: undefined, batch: id }, { replace: true });
    },
  });
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h3" mb="xs">
        {text('batches.quote')}
      </Title>
      {!quote.data && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {text('batches.quoteHint')}
          </Text>
          <Button loading={quote.isPending} onClick={() => quote.mutate()}>
            {text('batches.getQuote')}
          </Button>
        </Group>
      )}
      {quote.error && (
        <ErrorCard error={quote.error} title={text('batches.quoteFailed')} onRetry={() => quote.mutate()} />
      )}
      {quote.data && (
        <Stack gap="md">
          <Quote quote={quote.data.quote} />
          {start.error && <ErrorCard error={start.error} title={text('batches.startFailed')} />}
          <Group justify="space-between" align="flex-end">
            <TextInput
              label={text('batches.name')}
              value={name}
              maxLength={200}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button loading={start.isPending} onClick={() => start.mutate()}>
              {text('batches.start')}
            </Button>
          </Group>
        </Stack>
      )}
    </Card>
  );
}

function Quote({ quote }: { quote: BatchQuote }) {
  const text = useText();
  const { full: amount } = useMoney();
  const { count } = useNumbers();
  const asked = quote.lines - quote.duplicates - quote.cached;
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <StatCard
          label={text('batches.quoteLikely')}
          value={amount(quote.cost_usd.likely)}
          note={text('batches.quoteRange', {
            least: amount(quote.cost_usd.at_least),
            most: amount(quote.cost_usd.at_most),
          })}
        />
        <StatCard
          label={text('batches.listCost')}
          value={amount(quote.list_cost_usd)}
          note={text('batches.quoteSaved', { saved: amount(quote.saved_usd) })}
        />
        <StatCard
          label={text('batches.quoteAsked')}
          value={count(asked)}
          note={text('batches.quoteLines', {
            lines: count(quote.lines),
            duplicates: count(quote.duplicates),
            cached: count(quote.cached),
          })}
        />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {text('batches.expectedEnd')} <When at={timeOf(quote.expected_end)} />
      </Text>
      <QuoteTable models={quote.models} />
    </>
  );
}
