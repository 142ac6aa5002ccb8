import { Code, Stack, Table, Text, Title } from '@mantine/core';
import type { AuditEvent } from '@thriftgate/contracts';
import { SideDrawer } from '../components/side-drawer';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { ActorName, SubjectName, WithId } from './audit-cells';
import { differences } from './diff';
import classes from './diff.module.css';

/** An event with each member before and after it. */
export function AuditDrawer({ event, onClose }: { event: AuditEvent | undefined; onClose: () => void }) {
  return (
    <SideDrawer isOpen={event !== undefined} title={event?.action} onClose={onClose}>
      {event && <Details event={event} />}
    </SideDrawer>
  );
}

function Details({ event }: { event: AuditEvent }) {
  const text = useText();
  const facts: [string, React.ReactNode][] = [
    [text('audit.at'), <When key="at" at={event.created_at} />],
    [
      text('audit.actor'),
      <WithId key="actor" id={event.actor} name={event.actor_name}>
        <ActorName event={event} />
      </WithId>,
    ],
    [
      text('audit.subject'),
      <WithId key="subject" id={event.subject} name={event.subject_name}>
        <SubjectName event={event} />
      </WithId>,
    ],
    [text('audit.id'), <Code key="id">{event.id}</Code>],
    [text('audit.seq'), event.seq ?? text('audit.beforeChain')],
  ];
  return (
    <Stack>
      <Table layout="fixed" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={110} fw={400} c="dimmed">
                {name}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Differences event={event} />
      {Object.keys(event.details).length > 0 && (
        <section aria-labelledby="audit-details">
          <Title order={3} size="h4" mb={4} id="audit-details">
            {text('audit.details')}
          </Title>
          <Code block tabIndex={0}>
            {JSON.stringify(event.details, null, 2)}
          </Code>
        </section>
      )}
    </Stack>
  );
}

function Differences({ event }: { event: AuditEvent }) {
  const text = useText();
  const { changed, unchanged } = differences(event);
  if (changed.length === 0) return <Text size="sm">{text('audit.noDiff')}</Text>;
  return (
    <section>
      <Table layout="fixed" verticalSpacing={4} aria-label={text('audit.change')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text('audit.member')}</Table.Th>
            <Table.Th scope="col">{text('audit.before')}</Table.Th>
            <Table.Th scope="col">{text('audit.after')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changed.map(({ member, before, after }) => (
            <Table.Tr key={member} ff="monospace" fz="xs">
              <Table.Th scope="row" fw={400}>
                {member}
              </Table.Th>
              <Table.Td>{before !== undefined && <del className={classes.before}>{before}</del>}</Table.Td>
              <Table.Td>{after !== undefined && <ins className={classes.after}>{after}</ins>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {unchanged > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {text('audit.unchanged', { count: unchanged })}
        </Text>
      )}
    </section>
  );
}
