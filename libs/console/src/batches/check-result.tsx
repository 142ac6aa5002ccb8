import { Group, Progress, Stack, Text } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useNumbers } from '../display/use-numbers';
import type { MessageId } from '../i18n/messages';
import { useText } from '../i18n/use-text';
import classes from './batches.module.css';
import type { CheckProgress } from './check-file';
import type { FaultReason } from './line-check';

const REASONS = {
  json: 'batches.fault.json',
  object: 'batches.fault.object',
  id: 'batches.fault.id',
  idTwice: 'batches.fault.idTwice',
  method: 'batches.fault.method',
  url: 'batches.fault.url',
  body: 'batches.fault.body',
  model: 'batches.fault.model',
  content: 'batches.fault.content',
  stream: 'batches.fault.stream',
  columns: 'batches.fault.columns',
  tooMany: 'batches.fault.tooMany',
} as const satisfies Record<FaultReason, MessageId>;

interface CheckResultProps {
  progress: CheckProgress;
  isDone: boolean;
}

/** How far the check of a file is, and the first faults with the numbers of their lines. */
export function CheckResult({ progress: { share, report }, isDone }: CheckResultProps) {
  const text = useText();
  const { count, percent } = useNumbers();
  const isGood = report.faultCount === 0 && report.lines > 0;
  const Icon = isGood ? CircleCheck : TriangleAlert;
  const models = Object.entries(report.models).map(([model, lines]) => `${model} ${count(lines)}`);
  return (
    <Stack gap="xs">
      {!isDone && (
        <Progress value={share * 100} aria-label={text('batches.checking', { percent: percent(share) })} size="sm" />
      )}
      <Group gap="xs" wrap="nowrap" role="status">
        {isDone && (
          <Icon size={18} color={isGood ? 'var(--good)' : 'var(--bad)'} aria-hidden style={{ flexShrink: 0 }} />
        )}
        <Text size="sm" fw={600} className="numbers">
          {isDone
            ? text(report.lines === 0 ? 'batches.noLines' : isGood ? 'batches.good' : 'batches.faults', {
                lines: count(report.lines),
                faults: count(report.faultCount),
              })
            : text('batches.checkedSoFar', { lines: count(report.lines), faults: count(report.faultCount) })}
        </Text>
      </Group>
      {models.length > 0 && (
        <Text size="xs" c="dimmed" className="numbers">
          {models.slice(0, 10).join(' · ')}
        </Text>
      )}
      {report.faults.length > 0 && (
        <ol className={classes.faults} tabIndex={0} aria-label={text('batches.faultList')}>
          {report.faults.map(({ line, reason, value }, index) => (
            <li key={index}>
              <strong className="numbers">{text('batches.line', { line })}</strong> {text(REASONS[reason], { value })}
            </li>
          ))}
        </ol>
      )}
      {report.faultCount > report.faults.length && (
        <Text size="xs" c="dimmed" className="numbers">
          {text('batches.moreFaults', { count: count(report.faultCount - report.faults.length) })}
        </Text>
      )}
    </Stack>
  );
}
