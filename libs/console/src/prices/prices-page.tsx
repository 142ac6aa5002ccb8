import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { FilterBar } from '../components/filter-bar';
import { PageTitle } from '../components/page-title';
import { Panel } from '../components/panel';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { useDeployments } from '../models/models-query';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { CurrentPrices } from './current-prices';
import { NewPriceDialog } from './new-price-dialog';
import { PriceHistory } from './price-history';
import { pricesQuery } from './prices-queries';

const readModel = ({ model }: RawSearch) => ({ model: typeof model === 'string' ? model : undefined });

/** The prices in force, and those that were set, with their history. */
export function PricesPage() {
  const text = useText();
  const mayWrite = useMay('prices:write');
  const [{ model }, change] = usePageSearch(readModel);
  const [isAdding, setAdding] = useState(false);
  const deployments = useDeployments();
  const prices = useQuery(pricesQuery(model));
  return (
    <>
      <PageTitle title={text('prices.title')} lead={text('prices.lead')}>
        {mayWrite && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            {text('prices.add')}
          </Button>
        )}
      </PageTitle>
      {model !== undefined && (
        <FilterBar
          filters={[{ name: 'model', label: text('prices.model'), value: model }]}
          onRemove={() => change({ model: undefined })}
          onClear={() => change({ model: undefined })}
        />
      )}
      <Stack gap="md">
        <Panel
          title={text('prices.history')}
          isLoading={!prices.data}
          error={prices.data ? undefined : prices.error}
          onRetry={() => void prices.refetch()}
        >
          <Text size="sm" c="dimmed" mb="xs">
            {text('prices.historyLead')}
          </Text>
          {prices.data && <PriceHistory prices={prices.data.data} />}
        </Panel>
        <Panel
          title={text('prices.current')}
          isLoading={!deployments.data}
          error={deployments.data ? undefined : deployments.error}
          onRetry={() => void deployments.refetch()}
        >
          {deployments.data && (
            <CurrentPrices
              deployments={deployments.data.data}
              model={model}
              onModel={(name) => change({ model: name })}
            />
          )}
        </Panel>
      </Stack>
      <NewPriceDialog isOpen={isAdding} model={model} onClose={() => setAdding(false)} />
    </>
  );
}
