import { Table } from '@mantine/core';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { Section } from './section';

/** Who one is here, and until when. */
export function AccountSection() {
  const text = useText();
  const { name, roles, session, version } = useMe();
  const facts: [string, React.ReactNode][] = [
    [text('settings.signedIn'), name],
    [
      text('settings.role'),
      roles
        .map(({ role, team_name: team }) => text(`shell.role.${role}`) + (team === null ? '' : ` · ${team}`))
        .join(', '),
    ],
    ...(session
      ? [[text('settings.session'), <When key="ends" at={session.expires_at} />] as [string, React.ReactNode]]
      : []),
    [text('settings.version'), version],
  ];
  return (
    <Section id="account" title={text('settings.account')}>
      <Table layout="fixed" mt="xs" withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {facts.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" w="40%" fw={400} c="dimmed">
                {label}
              </Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}
