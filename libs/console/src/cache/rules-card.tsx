import { Card, Code, Text, Title } from '@mantine/core';
import { useText } from '../i18n/use-text';

/** The cache rules of one model, by the names that the API has. */
export function RulesCard({ model, rules }: { model: string; rules: object }) {
  const text = useText();
  const set = Object.entries(rules).filter(([, value]) => value !== null && value !== undefined);
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h4" mb="xs">
        {text('cache.rules', { model })}
      </Title>
      {set.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text('cache.noRules')}
        </Text>
      ) : (
        <Code block lang="en" tabIndex={0} aria-label={text('cache.rules', { model })}>
          {set
            .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
            .join('\n')}
        </Code>
      )}
    </Card>
  );
}
