import { Card, Code, Group, List, Text, Title } from '@mantine/core';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';

/** The lines without a response by error code, with examples. */
export function ErrorGroups({ groups }: { groups: AdminBatchDetails['errors_by_code'] }) {
  const text = useText();
  const { count } = useNumbers();
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h3" mb="xs">
        {text('batches.errors')}
      </Title>
      {groups.map(({ code, lines, samples }) => (
        <section key={code}>
          <Group gap="xs" mt="xs">
            <Code>{code}</Code>
            <Text size="sm" fw={600} className="numbers">
              {text('batches.lineCount', { count: count(lines) })}
            </Text>
          </Group>
          <List size="sm" mt={4}>
            {samples.map(({ line, custom_id: id, message }) => (
              <List.Item key={line}>
                <Text component="span" size="sm" c="dimmed">
                  {`${text('batches.line', { line })} ${id}: `}
                </Text>
                <span lang="en">{message}</span>
              </List.Item>
            ))}
          </List>
        </section>
      ))}
    </Card>
  );
}
