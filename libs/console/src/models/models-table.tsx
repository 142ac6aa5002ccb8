import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { formatUsd } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { Breaker, FailureSpark, Latencies, SuccessRate } from './health';
import { type DeploymentRow, fallbackChains, type HealthSpan, type ModelRow } from './model-rows';
import classes from './models.module.css';

interface ModelsTableProps {
  rows: readonly ModelRow[];
  span: HealthSpan;
  openId: string | undefined;
  onOpen: (model: string) => void;
}

/** A line for each deployment in the row of its model. */
export function ModelsTable({ rows, span, openId, onOpen }: ModelsTableProps) {
  const text = useText();
  const { language } = useLanguage();
  const eachLine = (cell: (row: DeploymentRow) => ReactNode) =>
    function Lines({ deployments }: ModelRow) {
      return (
        <div className={classes.lines} data-alone={deployments.length === 1 ? '' : undefined}>
          {deployments.map((row) => (
            <div key={row.name} className={classes.line}>
              {cell(row)}
            </div>
          ))}
        </div>
      );
    };
  const price = (usd: string | undefined) => (usd === undefined ? '–' : formatUsd(usd, language, { style: 'exact' }));
  const columns: DataColumn<ModelRow>[] = [
    {
      id: 'model',
      header: text('models.model'),
      sortBy: ({ model }) => model.name,
      cell: (row) => <ModelCell row={row} />,
    },
    {
      id: 'deployments',
      header: text('models.deployments'),
      cell: eachLine(({ name, deployment: { priority, weight } }) => (
        <>
          <span className={classes.priority}>{text('models.priorityOf', { priority })}</span>
          <span className={classes.name}>{name}</span>
          {weight !== 1 && <span className={classes.priority}>{` ×${weight}`}</span>}
        </>
      )),
    },
    { id: 'breaker', header: text('models.breaker'), cell: eachLine(({ state }) => <Breaker state={state} />) },
    {
      id: 'success',
      header: text('models.success'),
      isNumber: true,
      sortBy: ({ requests }) => requests,
      cell: eachLine(({ state }) => <SuccessRate health={state?.health} span={span} />),
    },
    {
      id: 'latency',
      header: 'p50 / p95',
      isNumber: true,
      cell: eachLine(({ state }) => <Latencies health={state?.health} span={span} />),
    },
    {
      id: 'failures',
      header: text('models.failures24h'),
      cell: eachLine(({ state }) => <FailureSpark health={state?.health} />),
    },
    {
      id: 'price',
      header: text('models.price'),
      isNumber: true,
      cell: eachLine(({ state }) =>
        state?.price.estimated === true
          ? text('models.priceUnknown')
          : `${price(state?.price.input_usd_per_mtok)} / ${price(state?.price.output_usd_per_mtok)}`,
      ),
    },
  ];
  return (
    <DataTable
      caption={text('shell.page.models')}
      columns={columns}
      rows={rows}
      rowId={({ model }) => model.name}
      onOpen={({ model }) => onOpen(model.name)}
      openId={openId}
      initialSort={{ id: 'success', desc: true }}
      isDense
      empty={<EmptyState title={text('models.none')} why={text('models.noneWhy')} />}
    />
  );
}

function ModelCell({ row: { model, otherNames } }: { row: ModelRow }) {
  const text = useText();
  const [chain] = fallbackChains(model);
  return (
    <Stack gap={0} miw={180}>
      <Text size="sm" fw={600}>
        {model.name}
      </Text>
      <Text size="xs" c="dimmed">
        {model.version !== null && `${model.version} · `}
        {text('models.generationOf', { generation: model.generation })}
      </Text>
      {otherNames.length > 0 && (
        <Text size="xs" c="dimmed">
          {text('models.alsoNamed', { names: otherNames.join(', ') })}
        </Text>
      )}
      {chain && (
        <Text size="xs" c="dimmed">
          {`→ ${chain.models.join(' → ')}`}
        </Text>
      )}
      {!model.served && <StateBadge tone="plain">{text('models.notServed')}</StateBadge>}
    </Stack>
  );
}
