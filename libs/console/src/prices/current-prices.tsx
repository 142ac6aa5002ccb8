import { Badge, Box, Button, Code, Group, Stack, TextInput, UnstyledButton } from '@mantine/core';
import type { DeploymentStates } from '@thriftgate/contracts';
import { useState } from 'react';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { compareDecimal, formatUsd } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import classes from './prices.module.css';

/** So many are shown at first: the catalogue has hundreds. */
const FIRST = 20;

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
  const [sought, setSought] = useState('');
  const [isLong, setLong] = useState(false);
  const found = deployments
    .filter(({ models }) => model === undefined || models.includes(model))
    .filter((each) => includes(each, sought))
    .toSorted((a, b) => (a.deployment < b.deployment ? -1 : 1));
  const rows = isLong ? found : found.slice(0, FIRST);
  return (
    <Stack gap="sm" align="flex-start">
      <TextInput
        aria-label={text('prices.find')}
        placeholder={text('prices.find')}
        value={sought}
        onChange={({ currentTarget }) => setSought(currentTarget.value)}
        data-filter
        size="xs"
        w="min(280px, 100%)"
        autoComplete="off"
        spellCheck={false}
      />
      <Box w="100%">
        <DataTable
          caption={text('prices.current')}
          columns={columns}
          rows={rows}
          rowId={({ deployment }) => deployment}
          initialSort={{ id: 'deployment', desc: false }}
        />
      </Box>
      {rows.length < found.length && (
        <Button variant="default" size="xs" onClick={() => setLong(true)}>
          {text('prices.more', { count: found.length - rows.length })}
        </Button>
      )}
    </Stack>
  );
}

/** Whether a deployment or one of its models has a text in its name. */
function includes({ deployment, models }: Deployment, sought: string): boolean {
  const plain = (name: string) => name.normalize('NFC').toLowerCase();
  return [deployment, ...models].some((name) => plain(name).includes(plain(sought.trim())));
}
