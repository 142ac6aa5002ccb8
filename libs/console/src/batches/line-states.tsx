import { Title } from '@mantine/core';
import type { AdminBatchDetails } from '@thriftgate/contracts';
import { useNumbers } from '../display/use-numbers';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';
import classes from './batches.module.css';

type State = keyof AdminBatchDetails['lines'];

const STATES: readonly { id: State; text: MessageId; colour: string }[] = [
  { id: 'done', text: 'batches.state.done', colour: 'var(--series-1)' },
  { id: 'running', text: 'batches.state.running', colour: 'var(--series-4)' },
  { id: 'sharded', text: 'batches.state.sharded', colour: 'var(--series-2)' },
  { id: 'same', text: 'batches.state.same', colour: 'var(--series-3)' },
  { id: 'pending', text: 'batches.state.pending', colour: 'var(--series-others)' },
  { id: 'failed', text: 'batches.state.failed', colour: 'var(--bad)' },
  { id: 'expired', text: 'batches.state.expired', colour: 'var(--series-5)' },
  { id: 'cancelled', text: 'batches.state.cancelled', colour: 'var(--series-6)' },
];

/** Where the lines of a batch are, as a bar and in numbers. */
export function LineStates({ lines }: { lines: AdminBatchDetails['lines'] }) {
  const text = useText();
  const { count } = useNumbers();
  const shown = STATES.filter(({ id }) => lines[id] > 0 || id === 'done' || id === 'failed');
  return (
    <>
      <Title order={2} size="h3" mb="xs">
        {text('batches.lineStates')}
      </Title>
      <div className={classes.bar} aria-hidden>
        {shown.map(({ id, colour }) => (
          <span key={id} style={{ flexGrow: lines[id], background: colour }} />
        ))}
      </div>
      <dl className={classes.states}>
        {shown.map(({ id, text: name, colour }) => (
          <div key={id} style={{ '--state': colour } as React.CSSProperties}>
            <dt>{text(name)}</dt>
            <dd>{count(lines[id])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
