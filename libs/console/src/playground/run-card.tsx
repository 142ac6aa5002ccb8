import { Alert, Badge, Card, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { Zap } from 'lucide-react';
import { CacheStatus } from '../components/cache-status';
import { ErrorCard } from '../components/error-card';
import { PageLink } from '../components/page-link';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import classes from './playground.module.css';
import type { Run } from './use-run';

/** One response with what it cost, and the point of a hit: no provider was asked. */
export function RunCard({ run, isLatest }: { run: Run; isLatest: boolean }) {
  const text = useText();
  const { latency, exactUsd, count } = useNumbers();
  const { facts, error, isRunning, totalMs } = run;
  const status = facts?.cacheStatus ?? null;
  const isSaved = status === 'HIT' || status === 'COALESCED';
  const saved = facts?.savedUsd ?? '0';
  return (
    <Card withBorder padding="md" className={isLatest ? undefined : classes.older}>
      <Stack gap="sm">
        <Group gap="sm" className="numbers">
          {isRunning && <Loader size={16} aria-label={text('playground.running')} />}
          {status !== null && <CacheStatus status={status} />}
          {totalMs !== undefined && <Text fw={600}>{latency(totalMs)}</Text>}
          {run.firstMs !== undefined && (
            <Text size="sm" c="dimmed">
              {text('playground.first', { time: latency(run.firstMs) })}
            </Text>
          )}
          {facts && facts.costUsd !== null && <Text fw={600}>{exactUsd(facts.costUsd)}</Text>}
          {run.tokens && (
            <Text size="sm" c="dimmed">
              {text('playground.tokens', { input: count(run.tokens.input), output: count(run.tokens.output) })}
            </Text>
          )}
          {facts?.provider === 'simulator' && (
            <Badge variant="default" radius="sm" size="sm" fw={600} tt="none">
              {text('playground.simulator')}
            </Badge>
          )}
        </Group>
        {isSaved && !isRunning && (
          <Alert variant="outline" icon={<Zap aria-hidden />} title={text('playground.hitTitle')} p="sm">
            {text('playground.hit', { time: latency(totalMs ?? 0), saved: exactUsd(saved) })}
          </Alert>
        )}
        {status === 'MISS' && !isRunning && error === undefined && isLatest && (
          <Text size="sm" c="dimmed">
            {text('playground.miss')}
          </Text>
        )}
        {(status === 'REFRESH' || status === 'BYPASS') && !isRunning && isLatest && (
          <Text size="sm" c="dimmed">
            {text(status === 'REFRESH' ? 'playground.refresh' : 'playground.bypass')}
          </Text>
        )}
        {error !== undefined && <ErrorCard error={error} title={text('playground.failed')} />}
        {run.text !== '' && <div className={classes.answer}>{run.text}</div>}
        {facts && (
          <details className={classes.facts}>
            <summary>{text('playground.headers')}</summary>
            <Code block lang="en" tabIndex={0} mt={8}>
              {headerLines(run)}
            </Code>
          </details>
        )}
        {facts?.requestId && !isRunning && (
          <PageLink page="requests" search={{ request: facts.requestId }}>
            {text('playground.inLog')}
          </PageLink>
        )}
      </Stack>
    </Card>
  );
}

function headerLines({ facts }: Run): string {
  const lines: [string, string | number | null | undefined][] = [
    ['x-request-id', facts?.requestId],
    ['x-cache-status', facts?.cacheStatus],
    ['x-gateway-provider', facts?.provider],
    ['x-gateway-model', facts?.model],
    ['x-gateway-attempts', facts?.attempts],
    ['x-gateway-cost-usd', facts?.costUsd],
    ['x-gateway-saved-usd', facts?.savedUsd],
  ];
  return lines
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}: ${value}`]))
    .join('\n');
}
