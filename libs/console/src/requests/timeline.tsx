import { Text, Title } from '@mantine/core';
import type { RequestDetails } from '@thriftgate/contracts';
import { useNumbers } from '../display/use-numbers';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';
import classes from './request-list.module.css';

type Step = RequestDetails['timeline'][number];

const NAMES = {
  received: 'requests.step.received',
  cache: 'requests.step.cache',
  hold: 'requests.step.hold',
  attempt: 'requests.step.attempt',
  first_content: 'requests.step.first',
  settled: 'requests.step.settled',
} as const satisfies Record<Step['step'], MessageId>;

/** What happened to a request, in order, with the time since it came. */
export function Timeline({ steps }: { steps: readonly Step[] }) {
  const text = useText();
  const { latency } = useNumbers();
  return (
    <section>
      <Title order={3} size="h4" mb={8}>
        {text('requests.timeline')}
      </Title>
      <ol className={classes.timeline}>
        {steps.map(({ step, attempt, after_ms: ms, result }, index) => (
          <li key={index}>
            <Text size="sm" className="numbers">
              {attempt === null || step !== 'attempt' ? text(NAMES[step]) : `${text(NAMES[step])} ${attempt}`}
              {ms !== null && <span className={classes.dimmed}>{` +${latency(ms)}`}</span>}
            </Text>
            {result !== null && (
              <Text size="xs" c="dimmed" lang="en" ff="monospace">
                {result}
              </Text>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
