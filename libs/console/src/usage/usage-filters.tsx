import { Button, Popover, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { UsageRow } from '@thriftgate/contracts';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTeamNames } from '../display/use-teams';
import { type Filter, FilterBar } from '../components/filter-bar';
import { useText } from '../i18n/use-text';
import { type FilterName, FILTERS, isExclusion, toggled, type UsageState } from './usage-search';

interface UsageFiltersProps {
  state: UsageState;
  /** Rows on the screen, for the names of keys. */
  rows: readonly UsageRow[];
  onChange: (changes: Record<string, readonly string[] | undefined>) => void;
}

/** The filters as chips, and a small form that adds one. */
export function UsageFilters({ state, rows, onChange }: UsageFiltersProps) {
  const text = useText();
  const teamOf = useTeamNames((state.filters.teams ?? state.filters.not_team) !== undefined);
  const nameOf = (name: FilterName, value: string) => {
    if (name === 'teams' || name === 'not_team') return teamOf(value);
    if (name === 'key' || name === 'not_key') return rows.find(({ key }) => key === value)?.key_name ?? value;
    return value;
  };
  const chips = FILTERS.flatMap((name): Filter[] =>
    (state.filters[name] ?? []).map((value) => ({
      name: `${name} ${value}`,
      label: text(`usage.filter.${name}`),
      value: nameOf(name, value),
      isExcluded: isExclusion(name),
    })),
  );
  const remove = (chip: string) => {
    const [name = '', value = ''] = splitOnce(chip);
    onChange({ [name]: toggled(state.filters[name as FilterName], value) });
  };
  return (
    <FilterBar
      filters={chips}
      onRemove={remove}
      onClear={() => onChange(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
    >
      <AddFilter onAdd={(name, value) => onChange({ [name]: [...new Set([...(state.filters[name] ?? []), value])] })} />
    </FilterBar>
  );
}

function AddFilter({ onAdd }: { onAdd: (name: FilterName, value: string) => void }) {
  const text = useText();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [name, setName] = useState<FilterName>('model');
  const [value, setValue] = useState('');
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const wanted = value.trim();
    if (wanted === '') return;
    onAdd(name, wanted);
    setValue('');
    close();
  };
  return (
    <Popover opened={isOpen} onChange={(open) => !open && close()} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={toggle} data-filter>
          {text('components.addFilter')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="xs">
            <Select
              label={text('usage.filterField')}
              data={FILTERS.map((each) => ({ value: each, label: text(`usage.filter.${each}`) }))}
              value={name}
              onChange={(chosen) => setName((chosen ?? name) as FilterName)}
              allowDeselect={false}
              comboboxProps={{ withinPortal: false }}
              size="xs"
            />
            <TextInput
              label={text('usage.filterValue')}
              description={text(`usage.filterHint.${name}`)}
              value={value}
              onChange={({ currentTarget }) => setValue(currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              size="xs"
            />
            <Button type="submit" size="xs" disabled={value.trim() === ''}>
              {text('components.apply')}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

const splitOnce = (text: string) => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1)];
