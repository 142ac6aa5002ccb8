import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import type { CacheStats } from '@thriftgate/contracts';
import { useMemo } from 'react';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { When } from '../components/when';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';
import { GENERATION_TEXTS } from './cache-texts';
import { byModel } from './hit-rates';

type Row = CacheStats['models'][number];

interface ModelTableProps {
  stats: CacheStats;
  isStale: boolean;
  onModel: (model: string) => void;
  /** Undefined where the person may not. */
  onInvalidate: ((model: string) => void) | undefined;
}

/** Models and their generations: hits, what is stored, what it saved, and what began each. */
export function ModelTable({ stats, isStale, onModel, onInvalidate }: ModelTableProps) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { count, percent, bytes } = useNumbers();
  const rows = useMemo(() => byModel(stats.models), [stats.models]);
  const markOf = ({ model, generation }: Row) =>
    stats.generations.find((mark) => mark.model === model && mark.generation === generation);
  const isNewest = (row: Row) => rows.find(({ model }) => model === row.model) === row;
  const columns: DataColumn<Row>[] = [
    {
      id: 'model',
      header: text('cache.model'),
      cell: (row) =>
        isNewest(row) ? (
          <Anchor component="button" type="button" size="sm" fw={600} ta="left" onClick={() => onModel(row.model)}>
            {row.model}
          </Anchor>
        ) : (
          <Text size="sm" c="dimmed" pl="md">
            {row.model}
          </Text>
        ),
    },
    {
      id: 'generation',
      header: text('cache.generation'),
      cell: (row) => {
        const mark = markOf(row);
        return (
          <Group gap={6} wrap="nowrap">
            <span className="numbers">{row.generation}</span>
            {row.version !== null && (
              <Badge variant="default" radius="sm" size="sm" fw={600} tt="none" lang="en">
                {row.version}
              </Badge>
            )}
            {mark && (
              <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                {text(GENERATION_TEXTS[mark.reason])} <When at={mark.started_at} as="day" />
              </Text>
            )}
          </Group>
        );
      },
    },
    {
      id: 'rate',
      header: text('cache.hitRate'),
      isNumber: true,
      sortBy: (row) => row.hit_rate,
      cell: (row) => percent(row.hit_rate),
    },
    {
      id: 'hits',
      header: text('cache.hits'),
      isNumber: true,
      sortBy: (row) => row.hits,
      cell: (row) => count(row.hits),
    },
    {
      id: 'misses',
      header: text('cache.misses'),
      isNumber: true,
      sortBy: (row) => row.misses,
      cell: (row) => count(row.misses),
    },
    {
      id: 'keys',
      header: text('cache.keys'),
      isNumber: true,
      sortBy: (row) => row.keys,
      cell: (row) => count(row.keys),
    },
    {
      id: 'bytes',
      header: text('cache.size'),
      isNumber: true,
      sortBy: (row) => row.bytes,
      cell: (row) => bytes(row.bytes),
    },
    {
      id: 'saved',
      header: text('cache.saved'),
      isNumber: true,
      sortBy: (row) => row.saved_usd,
      compare: compareDecimal,
      cell: (row) => amount(row.saved_usd),
    },
    ...(onInvalidate
      ? [
          {
            id: 'act',
            header: text('cache.act'),
            cell: (row: Row) =>
              isNewest(row) && (
                <Button size="compact-xs" variant="default" onClick={() => onInvalidate(row.model)}>
                  {text('cache.invalidate')}…
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={text('cache.models')}
      columns={columns}
      rows={rows}
      rowId={({ model, generation, version }) => `${model} ${generation} ${version}`}
      isStale={isStale}
      isDense
      empty={<EmptyState title={text('cache.none')} why={text('cache.noneWhy')} />}
    />
  );
}
