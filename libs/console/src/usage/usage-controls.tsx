import { Group, SegmentedControl, Select, Switch } from '@mantine/core';
import { useText } from '../i18n/use-text';
import { GRAINS, type GroupName, GROUPS, MEASURES, type UsageState } from './usage-search';

interface UsageControlsProps {
  state: UsageState;
  onChange: (changes: Record<string, string | readonly string[] | undefined>) => void;
}

/** Measure, groups, grain and comparison; each stands in the address. */
export function UsageControls({ state, onChange }: UsageControlsProps) {
  const text = useText();
  const [first, second] = state.groups;
  const choose = (one: GroupName, other: GroupName | undefined) =>
    onChange({ by: other === undefined || other === one ? [one] : [one, other] });
  const options = GROUPS.map((group) => ({ value: group, label: text(`usage.group.${group}`) }));
  return (
    <Group gap="sm" align="flex-end" mb="sm">
      <Select
        label={text('usage.measure')}
        data={MEASURES.map((measure) => ({ value: measure, label: text(`usage.measure.${measure}`) }))}
        value={state.measure}
        onChange={(measure) => onChange({ measure: measure === 'cost' ? undefined : (measure ?? undefined) })}
        allowDeselect={false}
        size="xs"
        w={150}
      />
      <Select
        label={text('usage.groupBy')}
        data={options}
        value={first}
        onChange={(group) => choose((group ?? first) as GroupName, second)}
        allowDeselect={false}
        size="xs"
        w={130}
      />
      <Select
        label={text('usage.secondGroup')}
        placeholder="—"
        data={options.filter(({ value }) => value !== first)}
        value={second ?? null}
        onChange={(group) => choose(first, (group ?? undefined) as GroupName | undefined)}
        clearable
        size="xs"
        w={130}
      />
      <SegmentedControl
        aria-label={text('usage.grain')}
        data={GRAINS.map((grain) => ({ value: grain, label: text(`usage.grain.${grain}`) }))}
        value={state.grain}
        onChange={(grain) => onChange({ grain: grain === 'day' ? undefined : grain })}
        size="xs"
      />
      <Switch
        label={text('usage.compare')}
        checked={state.isCompared}
        onChange={({ currentTarget }) => onChange({ compare: currentTarget.checked ? 'previous' : undefined })}
        size="xs"
        mb={6}
      />
    </Group>
  );
}
