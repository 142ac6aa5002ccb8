import { Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { PageLink } from '../components/page-link';
import { SideDrawer } from '../components/side-drawer';
import { formatCount } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { DeploymentsDialog } from './deployments-dialog';
import { Breaker, FailureSpark, Latencies, SuccessRate } from './health';
import { LastError } from './last-error';
import { ModelTest } from './model-test';
import { type DeploymentRow, fallbackChains, type ModelRow, WINDOWS } from './model-rows';
import classes from './models.module.css';
import { ResetModel } from './reset-model';
import { VersionDialog } from './version-dialog';

interface ModelDrawerProps {
  row: ModelRow | undefined;
  onClose: () => void;
}

/** A model: version, where its calls go and what follows where that fails, and what one may change. */
export function ModelDrawer({ row, onClose }: ModelDrawerProps) {
  return (
    <SideDrawer isOpen={row !== undefined} title={row?.model.name} onClose={onClose}>
      {row && <Details key={row.model.name} row={row} onClose={onClose} />}
    </SideDrawer>
  );
}

function Details({ row, onClose }: { row: ModelRow; onClose: () => void }) {
  const text = useText();
  const { language } = useLanguage();
  const mayWrite = useMay('models:write');
  const [isDeclaring, declare] = useDisclosure();
  const [isEditing, edit] = useDisclosure();
  const { model, deployments, otherNames } = row;
  const facts: [string, React.ReactNode][] = [
    [text('models.version'), model.version ?? text('models.noVersion')],
    [text('models.generation'), String(model.generation)],
    [text('models.source'), text(`models.source.${model.source}`)],
    [text('models.routing'), text(`models.routing.${model.routing}`)],
    [
      text('models.cache'),
      model.cache.enabled
        ? text('models.cacheFor', { hours: formatCount(Math.round(model.cache.ttl_seconds / 3600), language) })
        : text('models.cacheOff'),
    ],
    ...(otherNames.length > 0
      ? [[text('models.otherNames'), <OtherNames key="others" names={otherNames} />] as [string, React.ReactNode]]
      : []),
  ];
  return (
    <Stack>
      <Group gap="xs">
        {mayWrite && (
          <>
            <Button size="xs" variant="default" onClick={declare.open}>
              {text('models.declare')}
            </Button>
            <Button size="xs" variant="default" onClick={edit.open}>
              {text('models.editDeployments')}
            </Button>
            {model.source === 'admin' && <ResetModel model={model} onDone={onClose} />}
          </>
        )}
      </Group>
      <Table layout="fixed" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w="35%" fw={400} c="dimmed">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <section aria-labelledby="model-path">
        <Title order={3} size="h4" mb={4} id="model-path">
          {text('models.path')}
        </Title>
        <Paths row={row} />
      </section>
      {deployments.map((deployment) => (
        <DeploymentHealth key={deployment.name} row={deployment} />
      ))}
      {mayWrite && <ModelTest model={model.name} />}
      <Text size="sm">
        <PageLink page="prices" search={{ model: model.name }}>
          {text('models.toPrices')}
        </PageLink>
        {' · '}
        <PageLink page="cache" search={{ model: model.name }}>
          {text('models.toCache')}
        </PageLink>
      </Text>
      <VersionDialog model={model} isOpen={isDeclaring} onClose={declare.close} />
      <DeploymentsDialog model={model} isOpen={isEditing} onClose={edit.close} />
    </Stack>
  );
}

/** Names that lead to the same deployment, each with a cache of its own. */
function OtherNames({ names }: { names: readonly string[] }) {
  const text = useText();
  return (
    <>
      {names.map((name) => (
        <div key={name}>
          <PageLink page="models" search={{ model: name }}>
            {name}
          </PageLink>
        </div>
      ))}
      <Text size="xs" c="dimmed">
        {text('models.otherNamesHint')}
      </Text>
    </>
  );
}

/** The way of a call as a line: the deployments in their order, then the models of the fallback. */
function Paths({ row: { model, deployments } }: { row: ModelRow }) {
  const text = useText();
  const chains = fallbackChains(model);
  const own = deployments.map(({ name }) => name);
  const lines = chains.length === 0 ? [{ reasons: [], models: [] }] : chains;
  return (
    <Stack gap="xs">
      {lines.map(({ reasons, models }) => (
        <div key={models.join()}>
          {reasons.length > 0 && (
            <Text size="xs" c="dimmed">
              {reasons.map((reason) => text(`models.fallback.${reason}`)).join(', ')}
            </Text>
          )}
          <ol className={classes.chain}>
            {[...own, ...models].map((name) => (
              <li key={name}>
                <span className={classes.node}>{name}</span>
              </li>
            ))}
          </ol>
        </div>
      ))}
      {chains.length === 0 && (
        <Text size="xs" c="dimmed">
          {text('models.noFallback')}
        </Text>
      )}
    </Stack>
  );
}

function DeploymentHealth({ row: { name, state } }: { row: DeploymentRow }) {
  const text = useText();
  const error = state?.health.last_error;
  return (
    <section aria-label={name}>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="h4">
          {name}
        </Title>
        <Breaker state={state} />
      </Group>
      <Table verticalSpacing={4} aria-label={name}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text('models.span')}</Table.Th>
            <Table.Th scope="col">{text('models.success')}</Table.Th>
            <Table.Th scope="col">p50 / p95</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="numbers">
          {WINDOWS.map((span) => (
            <Table.Tr key={span}>
              <Table.Th scope="row" fw={400}>
                {text(`models.span.${span}`)}
              </Table.Th>
              <Table.Td>
                <SuccessRate health={state?.health} span={span} />
              </Table.Td>
              <Table.Td>
                <Latencies health={state?.health} span={span} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" component="div">
        {text('models.failures24h')}: <FailureSpark health={state?.health} />
      </Text>
      {error && <LastError error={error} />}
    </section>
  );
}
