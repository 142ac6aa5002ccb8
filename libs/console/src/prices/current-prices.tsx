import { Badge, Code, Group, UnstyledButton } from '@mantine/core';
import type { DeploymentStates } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { compareDecimal, formatUsd } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import classes from './prices.module.css';

type Deployment = DeploymentStates['data'][number];

interface CurrentPricesProps {
  deployments: readonly Deployment[];
  /** Only deployments of this model. */
  model: string | undefined;
  onModel: (model: string) => void;
}

/** What a million tokens cost now, at each deployment. */
export function CurrentPrices({ deployments, model, onModel }: CurrentPricesProps) {
  const text = useText();
  const { language } = useLanguage();
  const rate = (name: 'input' | 'cached_input' | 'output'): DataColumn<Deployment> => ({
    id: name,
    header: text(`prices.rate.${name}`),
    isNumber: true,
    sortBy: ({ price }) => price[`${name}_usd_per_mtok`],
    compare: compareDecimal,
    cell: ({ price }) => formatUsd(price[`${name}_usd_per_mtok`], language, { style: 'exact' }),
  });
  const columns: DataColumn<Deployment>[] = [
    {
      id: 'deployment',
      header: text('prices.deployment'),
      sortBy: ({ deployment }) => deployment,
      cell: ({ deployment, price }) => (
        <Group gap="xs">
          <Code>{deployment}</Code>
          {price.estimated && (
            <Badge variant="outline" color="gray" tt="none" radius="sm">
              {text('prices.estimated')}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      id: 'models',
      header: text('prices.models'),
      cell: ({ models }) => (
        <Group gap={8}>
          {models.map((name) => (
            <UnstyledButton
              key={name}
              className={classes.model}
              title={text('prices.only', { name })}
              onClick={() => onModel(name)}
            >
              {name}
            </UnstyledButton>
          ))}
        </Group>
      ),
    },
    rate('input'),
    rate('cached_input'),
    rate('output'),
  ];
  return (
    <DataTable
      caption={text('prices.current')}
      columns={columns}
      rows={model === undefined ? deployments : deployments.filter(({ models }) => models.includes(model))}
      rowId={({ deployment }) => deployment}
      initialSort={{ id: 'deployment', desc: false }}
    />
  );
}
