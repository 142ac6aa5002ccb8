import { Code, Text } from '@mantine/core';
import type { AuditEvent } from '@thriftgate/contracts';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { differences } from './diff';

const SHOWN = 2;

/** Who has changed something: words for the administrator's key and the gateway, one's own name, else the key's id. */
export function ActorName({ actor }: { actor: string }) {
  const text = useText();
  const me = useMe();
  if (actor === 'admin') return text('audit.admin');
  if (actor === 'gateway') return text('audit.gateway');
  return actor === me.key_id ? <span title={actor}>{me.name}</span> : <Code>{actor}</Code>;
}

/** The first changes of an event in a line. */
export function ChangeSummary({ event }: { event: AuditEvent }) {
  const { changed } = differences(event);
  const isChange = event.before !== null && event.after !== null;
  const parts = changed
    .slice(0, SHOWN)
    .map(({ member, before = '–', after = '–' }) =>
      isChange ? `${member}: ${before} → ${after}` : `${member}: ${event.after === null ? before : after}`,
    );
  return (
    <Text size="sm" lineClamp={1} maw={420}>
      {parts.join(', ')}
      {changed.length > SHOWN && ' …'}
    </Text>
  );
}
