import { Button, Group, Switch, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Plus, Search } from 'lucide-react';
import { PageTitle } from '../components/page-title';
import { RateNote } from '../components/rate-note';
import { QueryPart } from '../components/query-part';
import { Segments } from '../components/segments';
import { useTyped } from '../components/use-typed';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { CreateProviderDialog } from '../providers/create-provider-dialog';
import { ProviderDrawer } from '../providers/provider-drawer';
import { ProvidersTable } from '../providers/providers-table';
import { NewModelDialog } from './deployments-dialog';
import { ModelDrawer } from './model-drawer';
import { foldNames, type HealthSpan, type ModelRow, modelRows, WINDOWS } from './model-rows';
import { ModelsTable } from './models-table';
import { useDeployments, useModels, useProviders } from './models-query';

const VIEWS = ['models', 'providers'] as const;

interface ModelsSearch {
  view: (typeof VIEWS)[number];
  span: HealthSpan;
  /** Whether models without calls in the last 24 hours are listed, too. */
  isAll: boolean;
  find: string;
  model: string | undefined;
  provider: string | undefined;
}

const readSearch = ({ view, span, all, find, model, provider }: RawSearch): ModelsSearch => ({
  view: view === 'providers' ? 'providers' : 'models',
  span: WINDOWS.find((each) => each === span) ?? 'last_1h',
  isAll: all === 'yes',
  find: typeof find === 'string' ? find : '',
  model: typeof model === 'string' ? model : undefined,
  provider: typeof provider === 'string' ? provider : undefined,
});

/** Where calls go: models with their deployments, and the providers behind them, with the state of each. */
export function ModelsPage() {
  const text = useText();
  const [{ view, span, isAll, find, model, provider }, change] = usePageSearch(readSearch);
  const [typed, type] = useTyped(find, (value) => change({ find: value || undefined }, { replace: true }));
  const mayWrite = useMay(view === 'models' ? 'models:write' : 'providers:write');
  const [isCreating, { open, close }] = useDisclosure();
  const isFound = (...texts: string[]) =>
    texts.some((each) => each.toLowerCase().normalize('NFC').includes(typed.trim().toLowerCase().normalize('NFC')));
  return (
    <>
      <PageTitle title={text('shell.page.models')} lead={text(`models.lead.${view}`)}>
        {mayWrite && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={open}>
            {text(`models.create.${view}`)}
          </Button>
        )}
      </PageTitle>
      {view === 'providers' && <RateNote />}
      <Group mb="md" gap="xs">
        <Segments
          aria-label={text('models.view')}
          value={view}
          onChange={(value) => change({ view: value === 'models' ? undefined : value, model: undefined })}
          data={VIEWS.map((value) => ({ value, label: text(`models.view.${value}`) }))}
        />
        <Segments
          aria-label={text('models.span')}
          value={span}
          onChange={(value) => change({ span: value === 'last_1h' ? undefined : value })}
          data={WINDOWS.map((value) => ({ value, label: text(`models.span.${value}`) }))}
        />
        <TextInput
          size="xs"
          data-filter
          aria-label={text('models.find')}
          placeholder={text('models.find')}
          leftSection={<Search size={14} aria-hidden />}
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
        {view === 'models' && (
          <Switch
            label={text('models.all')}
            checked={isAll}
            onChange={(event) => change({ all: event.currentTarget.checked ? 'yes' : undefined })}
          />
        )}
      </Group>
      {view === 'models' ? (
        <Models
          {...{ span, model, isFound }}
          isAll={isAll || typed.trim() !== ''}
          onOpen={(name) => change({ model: name })}
        />
      ) : (
        <Providers {...{ span, provider, isFound }} onOpen={(name) => change({ provider: name })} />
      )}
      {view === 'models' ? (
        <NewModelDialog isOpen={isCreating} onClose={close} />
      ) : (
        <CreateProviderDialog isOpen={isCreating} onClose={close} />
      )}
    </>
  );
}

interface ViewProps {
  span: HealthSpan;
  isFound: (...texts: string[]) => boolean;
  onOpen: (name: string | undefined) => void;
}

function Models({ span, isFound, isAll, model, onOpen }: ViewProps & { isAll: boolean; model: string | undefined }) {
  const models = useModels();
  const deployments = useDeployments();
  return (
    <QueryPart query={models}>
      {({ data }) => {
        const rows = modelRows(data, deployments.data?.data);
        const hasCalls = rows.some(({ requests }) => requests > 0);
        const listed = foldNames(rows).filter(({ requests }) => isAll || !hasCalls || requests > 0);
        const found = listed.filter(({ model: { name }, otherNames, ...row }) =>
          isFound(name, ...otherNames, ...row.deployments.map((each) => each.name)),
        );
        return (
          <>
            <ModelsTable rows={found} span={span} openId={model} onOpen={onOpen} />
            <ModelDrawer row={rowOf(model, rows, listed)} onClose={() => onOpen(undefined)} />
          </>
        );
      }}
    </QueryPart>
  );
}

/** The row of a model, also of one that is listed by another name. */
const rowOf = (name: string | undefined, ...lists: ModelRow[][]) =>
  lists.toReversed().flatMap((rows) => rows.find(({ model }) => model.name === name) ?? [])[0];

function Providers({ span, isFound, provider, onOpen }: ViewProps & { provider: string | undefined }) {
  const providers = useProviders();
  return (
    <QueryPart query={providers}>
      {({ data }) => (
        <>
          <ProvidersTable
            rows={data.filter(({ name, type }) => isFound(name, type))}
            span={span}
            openId={provider}
            onOpen={onOpen}
          />
          <ProviderDrawer provider={data.find(({ name }) => name === provider)} onClose={() => onOpen(undefined)} />
        </>
      )}
    </QueryPart>
  );
}
