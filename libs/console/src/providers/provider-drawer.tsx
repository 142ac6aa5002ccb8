import { Button, Code, Group, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Provider } from '@thriftgate/contracts';
import { api } from '../api/client';
import { ConfirmAct } from '../components/confirm-act';
import { SideDrawer } from '../components/side-drawer';
import { useAct } from '../components/use-act';
import { formatLatency } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { LastError } from '../models/last-error';
import { ProviderKeys } from './provider-keys';
import { providerSubject } from './provider-subject';

const RELOADED = ['providers', 'models', 'deployments'];

interface ProviderDrawerProps {
  provider: Provider | undefined;
  onClose: () => void;
}

/** A provider: its address, its keys, which are never shown, and what one may change. */
export function ProviderDrawer({ provider, onClose }: ProviderDrawerProps) {
  return (
    <SideDrawer isOpen={provider !== undefined} title={provider?.name} onClose={onClose}>
      {provider && <Details key={provider.name} provider={provider} onClose={onClose} />}
    </SideDrawer>
  );
}

function Details({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const text = useText();
  const mayWrite = useMay('providers:write');
  const { name, enabled, source, health } = provider;
  const isOwn = source === 'admin';
  const facts: [string, React.ReactNode][] = [
    [text('models.type'), <Code key="type">{provider.type}</Code>],
    [text('models.baseUrl'), <Code key="url">{provider.base_url}</Code>],
    [text('models.source'), text(`models.source.${source}`)],
    [
      text('models.state'),
      <StateBadge key="state" tone={enabled ? 'good' : 'plain'}>
        {text(enabled ? 'models.on' : 'models.off')}
      </StateBadge>,
    ],
  ];
  return (
    <Stack>
      {mayWrite && (
        <Group gap="xs">
          <ProviderTest name={name} />
          {isOwn && <SwitchProvider provider={provider} />}
          {isOwn && <DeleteProvider name={name} onDone={onClose} />}
        </Group>
      )}
      {!isOwn && (
        <Text size="sm" c="dimmed">
          {text('models.notChanged')}
        </Text>
      )}
      <Table layout="fixed" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" w="30%" fw={400} c="dimmed">
                {label}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {health.last_error && <LastError error={health.last_error} />}
      <ProviderKeys provider={provider} mayWrite={mayWrite && isOwn} />
    </Stack>
  );
}

/** Reads the list of models, which costs nothing. */
function ProviderTest({ name }: { name: string }) {
  const text = useText();
  const { language } = useLanguage();
  const test = useAct(() => api.admin.providers.test(name), { reload: ['providers'] });
  const { data } = test;
  return (
    <>
      <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(undefined)}>
        {text('models.testFree')}
      </Button>
      {data && (
        <Text size="sm" role="status">
          {data.ok
            ? text('models.providerOk', { time: formatLatency(data.latency_ms, language), models: data.models ?? 0 })
            : text('models.providerFailed', { error: data.error ?? String(data.status) })}
        </Text>
      )}
    </>
  );
}

function SwitchProvider({ provider: { name, enabled } }: { provider: Provider }) {
  const text = useText();
  const [isOpen, { open, close }] = useDisclosure();
  const switchOn = useAct(() => api.admin.providers.update(name, { enabled: true }), { reload: RELOADED });
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={switchOn.isPending}
        onClick={enabled ? open : () => switchOn.mutate(undefined)}
      >
        {text(enabled ? 'models.switchOff' : 'models.switchOn')}
      </Button>
      <ConfirmAct
        isOpen={isOpen}
        title={text('models.switchOffTitle', { name })}
        action={text('models.switchOff')}
        subject={providerSubject(name)}
        act={(options) => api.admin.providers.update(name, { enabled: false }, options)}
        reload={RELOADED}
        onClose={close}
      >
        <Text size="sm">{text('models.switchOffLead')}</Text>
      </ConfirmAct>
    </>
  );
}

function DeleteProvider({ name, onDone }: { name: string; onDone: () => void }) {
  const text = useText();
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {text('models.deleteProvider')}
      </Button>
      <ConfirmAct
        isOpen={isOpen}
        title={text('models.deleteProviderTitle', { name })}
        action={text('models.deleteProvider')}
        typeName={name}
        subject={providerSubject(name)}
        act={(options) => api.admin.providers.delete(name, options)}
        done={() => text('models.providerDeleted', { name })}
        leave={onDone}
        reload={RELOADED}
        onClose={close}
      >
        <Text size="sm">{text('models.deleteProviderLead')}</Text>
      </ConfirmAct>
    </>
  );
}
