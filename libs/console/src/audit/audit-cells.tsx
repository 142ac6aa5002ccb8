import { Code, Text } from '@mantine/core';
import type { AuditEvent } from '@thriftgate/contracts';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { differences } from './diff';

const SHOWN = 2;

/** Who has changed something: the name of the key, and words for the administrator's key and the gateway. */
export function ActorName({ event: { actor, actor_name: name } }: { event: AuditEvent }) {
  const text = useText();
  if (actor === 'admin') return text('audit.admin');
  if (actor === 'gateway') return text('audit.gateway');
  return <NameOfId id={actor} name={name} />;
}

/** What has been changed: by its name where it has one. */
export function SubjectName({ event: { subject, subject_name: name } }: { event: AuditEvent }) {
  const text = useText();
  return subject === null ? text('audit.everything') : <NameOfId id={subject} name={name} />;
}

/** An id below the name to which it belongs, for the details of an event. */
export function WithId({ id, name, children }: { id: string | null; name: string | null; children: ReactNode }) {
  return (
    <>
      {children}
      {name !== null && (
        <Text size="xs" c="dimmed" ff="monospace">
          {id}
        </Text>
      )}
    </>
  );
}

function NameOfId({ id, name }: { id: string; name: string | null }) {
  return name === null ? <Code>{id}</Code> : <span title={id}>{name}</span>;
}

/** The first changes of an event in a line. */
export function ChangeSummary({ event }: { event: AuditEvent }) {
  const isChange = event.before !== null && event.after !== null;
  // The subject has the id of a new or a deleted object.
  const changed = differences(event).changed.filter(({ member }) => isChange || member !== 'id');
  const parts = changed
    .slice(0, SHOWN)
    .map(({ member, before = '–', after = '–' }) =>
      isChange ? `${member}: ${before} → ${after}` : `${member}: ${event.after === null ? before : after}`,
    );
  return (
    <Text size="sm" lineClamp={1} maw={420} style={{ wordBreak: 'break-all' }}>
      {parts.join(', ')}
      {changed.length > SHOWN && ' …'}
    </Text>
  );
}
