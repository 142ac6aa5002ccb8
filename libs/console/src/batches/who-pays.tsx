import { Group, Select } from '@mantine/core';
import { useText } from '../i18n/use-text';
import { type BatchEndpoint, ENDPOINTS } from './line-check';
import type { NewBatchState } from './use-new-batch';

const WINDOWS = ['1h', '3h', '6h', '12h', '24h'];

/** The team that pays, the endpoint of lines without one, and how long the batch may take. */
export function WhoPays({ state }: { state: NewBatchState }) {
  const text = useText();
  const { teams, teamId, header } = state;
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      {teams.length > 0 && (
        <Select
          label={text('batches.team')}
          data={teams}
          value={teamId ?? null}
          allowDeselect={false}
          searchable
          onChange={(team) => state.setTeam(team ?? undefined)}
        />
      )}
      {header === undefined && (
        <Select
          label={text('batches.endpoint')}
          data={Object.keys(ENDPOINTS)}
          value={state.endpoint}
          allowDeselect={false}
          onChange={(endpoint) => state.setEndpoint((endpoint ?? '/v1/chat/completions') as BatchEndpoint)}
        />
      )}
      <Select
        label={text('batches.completionWindow')}
        data={WINDOWS.map((value) => ({ value, label: text('batches.hours', { count: Number.parseInt(value, 10) }) }))}
        value={state.window}
        allowDeselect={false}
        onChange={(value) => state.setWindow(value ?? '24h')}
      />
    </Group>
  );
}
