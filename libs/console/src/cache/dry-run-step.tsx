import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import type { CacheInvalidated } from '@thriftgate/contracts';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { ErrorCard } from '../components/error-card';
import { PageLink } from '../components/page-link';
import { StatCard } from '../components/stat-card';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

type Row = NonNullable<CacheInvalidated['dry_run']>['models'][number];

interface DryRunStepProps {
  found: CacheInvalidated;
  /** To be typed first; undefined where the reach is small. */
  typeName: string | undefined;
  isBusy: boolean;
  error: Error | null;
  onBack: () => void;
  onConfirm: () => void;
}

/** The second step: what would be lost, and what it costs to fill the cache again. */
export function DryRunStep({ found, typeName, isBusy, error, onBack, onConfirm }: DryRunStepProps) {
  const text = useText();
  const money = useMoney();
  const { count, bytes } = useNumbers();
  const mayAudit = useMay('audit:read');
  const [typed, setTyped] = useState('');
  const { invalidated_keys: answers, dry_run: lost } = found;
  const isTyped = typeName === undefined || typed.trim().normalize('NFC') === typeName.normalize('NFC');
  const columns: DataColumn<Row>[] = [
    { id: 'model', header: text('cache.model'), cell: ({ model }) => model },
    { id: 'generation', header: text('cache.generation'), isNumber: true, cell: ({ generation }) => generation },
    { id: 'answers', header: text('cache.responses'), isNumber: true, cell: (row) => count(row.answers) },
    { id: 'bytes', header: text('cache.size'), isNumber: true, cell: (row) => bytes(row.bytes) },
    { id: 'refill', header: text('cache.refill'), isNumber: true, cell: (row) => money.cell(row.refill_cost_usd) },
  ];
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <StatCard label={text('cache.responses')} value={count(answers)} />
        <StatCard label={text('cache.size')} value={bytes(lost?.bytes ?? 0)} />
        <StatCard
          label={text('cache.refill')}
          value={money.cell(lost?.refill_cost_usd ?? '0')}
          note={text('cache.refillNote')}
        />
      </SimpleGrid>
      <Text size="sm">
        {lost && lost.teams.length > 0
          ? text('cache.teamsAffected', {
              count: lost.teams.length,
              names: lost.teams.map(({ id, name }) => name ?? id).join(', '),
            })
          : text('cache.noTeams')}
      </Text>
      {lost && lost.models.length > 0 && (
        <DataTable
          caption={text('cache.lostByModel')}
          columns={columns}
          rows={lost.models}
          rowId={({ model, generation, version }) => `${model} ${generation} ${version}`}
          isDense
        />
      )}
      {lost?.last_audit_id && mayAudit && (
        <PageLink page="audit" search={{ action: 'cache.invalidated' }}>
          {text('cache.lastAudit')}
        </PageLink>
      )}
      <Alert color="red" variant="outline" icon={<TriangleAlert aria-hidden />}>
        {text('cache.noUndo')}
      </Alert>
      {typeName !== undefined && (
        <TextInput
          label={text('components.typeName', { name: typeName })}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {error && <ErrorCard error={error} title={text('cache.failed')} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onBack} disabled={isBusy} data-autofocus>
          {text('cache.back')}
        </Button>
        <Button color="red" onClick={onConfirm} disabled={!isTyped || answers === 0} loading={isBusy}>
          {text('cache.run', { count: count(answers) })}
        </Button>
      </Group>
    </Stack>
  );
}
