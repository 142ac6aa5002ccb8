import { Group, Stack, Table, Text, Title } from '@mantine/core';
import type { Alert } from '@thriftgate/contracts';
import { SideDrawer } from '../components/side-drawer';
import { When } from '../components/when';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { AcknowledgeButton } from './acknowledge-button';
import { KindName, SEVERITIES } from './alerts-table';

/** An alert with the values that raised it, and where it was sent. */
export function AlertDrawer({ alert, onClose }: { alert: Alert | undefined; onClose: () => void }) {
  return (
    <SideDrawer isOpen={alert !== undefined} title={alert && <KindName kind={alert.kind} />} onClose={onClose}>
      {alert && <Details alert={alert} />}
    </SideDrawer>
  );
}

function Details({ alert }: { alert: Alert }) {
  const text = useText();
  const { language } = useLanguage();
  return (
    <Stack>
      <Group>
        <StateBadge tone={SEVERITIES[alert.severity]}>{text(`alerts.severity.${alert.severity}`)}</StateBadge>
        <When at={alert.created_at} />
        <AcknowledgeButton alert={alert} />
      </Group>
      <Text>{alert.text[language]}</Text>
      <section aria-labelledby="alert-data">
        <Title order={3} size="h4" mb={4} id="alert-data">
          {text('alerts.data')}
        </Title>
        <Table layout="fixed">
          <Table.Tbody>
            {Object.entries(alert.data).map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" ff="monospace" fw={400}>
                  {name}
                </Table.Th>
                <Table.Td ff="monospace">{typeof value === 'string' ? value : JSON.stringify(value)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <section aria-labelledby="alert-deliveries">
        <Title order={3} size="h4" mb={4} id="alert-deliveries">
          {text('alerts.deliveries')}
        </Title>
        {alert.deliveries.length === 0 && <Text size="sm">{text('alerts.noDeliveries')}</Text>}
        {alert.deliveries.map(({ webhook_id: id, state, tries, last_error: error }) => (
          <Text size="sm" key={id}>
            <span className="numbers">{id}</span>: {text(`alerts.delivery.${state}`, { tries })}
            {error !== null && ` · ${error}`}
          </Text>
        ))}
      </section>
    </Stack>
  );
}
