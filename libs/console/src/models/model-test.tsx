import { Alert, Button, Group, List, Text } from '@mantine/core';
import { api } from '../api/client';
import { useAct } from '../components/use-act';
import { formatLatency, formatUsd } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

/** One short call to each deployment of a model. It costs something, and says so before. */
export function ModelTest({ model }: { model: string }) {
  const text = useText();
  const { language } = useLanguage();
  const test = useAct(() => api.admin.models.test(model), { reload: ['deployments'] });
  return (
    <section aria-label={text('models.test')}>
      <Group gap="xs">
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate(undefined)}>
          {text('models.test')}
        </Button>
        <Text size="xs" c="dimmed">
          {text('models.testCosts')}
        </Text>
      </Group>
      {test.data && (
        <Alert
          mt="xs"
          role="status"
          variant="outline"
          color={test.data.ok ? 'green' : 'red'}
          title={text(test.data.ok ? 'models.testOk' : 'models.testFailed')}
        >
          <List size="sm">
            {test.data.deployments.map(({ deployment, ok, status, error, latency_ms: ms, cost_usd: usd }) => (
              <List.Item key={deployment}>
                {[
                  deployment,
                  status,
                  ok ? formatLatency(ms, language) : error,
                  formatUsd(usd, language, { style: 'exact' }),
                ]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </section>
  );
}
