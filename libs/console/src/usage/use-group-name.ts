import type { UsageRow } from '@thriftgate/contracts';
import { useCallback } from 'react';
import { useText } from '../i18n/use-text';
import type { GroupName } from './usage-search';

/** What a row is called: the names of its teams and keys, and words for what has no value. */
export function useGroupName(): (row: UsageRow, groups: readonly GroupName[]) => string {
  const text = useText();
  return useCallback(
    (row, groups) => {
      if (row.others !== undefined) return text('usage.others', { count: row.others });
      return groups.map((group) => valueName(row, group) ?? text(`usage.none.${group}`)).join(' · ');
    },
    [text],
  );
}

function valueName(row: UsageRow, group: GroupName): string | null {
  const id = row[group] ?? null;
  if (group === 'team') return row.team_name ?? id;
  return group === 'key' ? (row.key_name ?? id) : id;
}
