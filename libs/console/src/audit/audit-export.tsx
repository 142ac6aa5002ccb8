import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { AuditEvent } from '@thriftgate/contracts';
import type { AuditQuery } from '@thriftgate/sdk';
import { Download } from 'lucide-react';
import { api } from '../api/client';
import { useTeamNames } from '../display/use-teams';
import { saveFile } from '../components/save-file';
import { useToast } from '../components/toast';
import { useDisplay } from '../display/use-display';
import { csvFileName, type CsvColumn, type Period, toCsv } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

const PAGE = 1000;
type Format = 'csv' | 'jsonl';

/** Saves all events of the period and the filters, not only those on the screen. */
export function AuditExport({ query, period }: { query: AuditQuery; period: Period }) {
  const [text, toast] = [useText(), useToast()];
  const { timezone, teamId } = useDisplay();
  const mayVerify = useMay('audit:verify');
  const teamOf = useTeamNames(teamId !== undefined);
  const team = teamId === undefined ? null : teamOf(teamId);
  const save = useMutation({
    mutationFn: async (format: Format) => {
      const events: AuditEvent[] = [];
      for await (const event of api.admin.audit.all({ ...query, limit: PAGE })) events.push(event);
      const name = csvFileName({ subject: 'audit', team, ...period, zone: timezone });
      if (format === 'csv') saveFile(name, 'text/csv;charset=utf-8', toCsv(COLUMNS, events, timezone));
      else {
        const anchor = mayVerify ? await anchorLine() : [];
        const lines = [...events, ...anchor].map((line) => `${JSON.stringify(line)}\n`);
        saveFile(name.replace(/csv$/, 'jsonl'), 'application/jsonl', lines.join(''));
      }
    },
    gcTime: 0,
    onError: (error: Error) => toast.failed(text('audit.exportFailed', { message: error.message })),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          loading={save.isPending}
          title={text('audit.exportHint')}
          leftSection={<Download size={14} aria-hidden />}
        >
          {text('audit.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate('csv')}>{text('components.csv')}</Menu.Item>
        <Menu.Item onClick={() => save.mutate('jsonl')}>{text('audit.jsonl')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The newest entry of the chain as it is now, signed: whoever has the file can show later that one of its events was changed. */
async function anchorLine(): Promise<{ anchor: string }[]> {
  const { head } = await api.admin.audit.verify();
  return head ? [{ anchor: head.anchor }] : [];
}

/** Names of the API in all languages, so that programs can read the file. */
const COLUMNS: readonly CsvColumn<AuditEvent>[] = [
  { header: 'created_at', kind: 'time', value: ({ created_at: at }) => at },
  { header: 'id', kind: 'text', value: ({ id }) => id },
  { header: 'seq', kind: 'text', value: ({ seq }) => (seq === null ? null : String(seq)) },
  { header: 'hash', kind: 'text', value: ({ hash }) => hash },
  { header: 'actor', kind: 'text', value: ({ actor }) => actor },
  { header: 'actor_name', kind: 'text', value: ({ actor_name: name }) => name },
  { header: 'action', kind: 'text', value: ({ action }) => action },
  { header: 'subject', kind: 'text', value: ({ subject }) => subject },
  { header: 'subject_name', kind: 'text', value: ({ subject_name: name }) => name },
  { header: 'team_id', kind: 'text', value: ({ team_id: id }) => id },
  { header: 'before', kind: 'text', value: ({ before }) => before && JSON.stringify(before) },
  { header: 'after', kind: 'text', value: ({ after }) => after && JSON.stringify(after) },
  { header: 'details', kind: 'text', value: ({ details }) => JSON.stringify(details) },
];
