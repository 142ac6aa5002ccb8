import { Text } from '@mantine/core';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import classes from './playground.module.css';
import type { Run } from './use-run';

/** The point of the page: the same question, first asked of a provider, then answered by the cache. */
export function Verdict({ runs }: { runs: readonly Run[] }) {
  const text = useText();
  const { latency, exactUsd } = useNumbers();
  const [hit] = runs;
  if (!hit || hit.isRunning || hit.facts?.cacheStatus !== 'HIT') return null;
  const miss = runs.find(
    ({ facts, request, isRunning }) =>
      !isRunning &&
      facts?.cacheStatus === 'MISS' &&
      JSON.stringify(request.messages) === JSON.stringify(hit.request.messages) &&
      request.model === hit.request.model,
  );
  if (!miss) return null;
  return (
    <div className={classes.verdict} role="status">
      <Text fw={600} className="numbers">
        {text('playground.verdict', {
          before: `${latency(miss.totalMs ?? 0)}, ${exactUsd(miss.facts?.costUsd ?? '0')}`,
          after: `${latency(hit.totalMs ?? 0)}, ${exactUsd(hit.facts.costUsd ?? '0')}`,
        })}
      </Text>
      <Text size="sm" className="numbers">
        {text('playground.verdictSaved', { saved: exactUsd(hit.facts.savedUsd ?? '0') })}
      </Text>
    </div>
  );
}
