import { Button, Group, Pill } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';

export interface Filter {
  /** The parameter of the address. */
  name: string;
  label: string;
  /** The chosen value in words. */
  value: string;
  /** Whether the value is left out. */
  isExcluded?: boolean;
}

interface FilterBarProps {
  filters: readonly Filter[];
  onRemove: (name: string) => void;
  onClear: () => void;
  /** Controls that add filters; the first field among them has `data-filter`, where `/` leads. */
  children?: ReactNode;
}

/** The filters of a page as chips, each of which can be removed. */
export function FilterBar({ filters, onRemove, onClear, children }: FilterBarProps) {
  const text = useText();
  return (
    <Group role="group" aria-label={text('components.filters')} gap="xs" mb="md">
      {children}
      {filters.map(({ name, label, value, isExcluded }) => (
        <Pill
          key={name}
          size="md"
          withRemoveButton
          onRemove={() => onRemove(name)}
          removeButtonProps={{
            'aria-label': text('components.removeFilter', { name: label }),
            tabIndex: 0,
            'aria-hidden': false,
          }}
        >
          {`${label} ${isExcluded ? '≠' : '='} ${value}`}
        </Pill>
      ))}
      {filters.length > 0 && (
        <Button variant="subtle" size="compact-xs" onClick={onClear}>
          {text('components.clearFilters')}
        </Button>
      )}
    </Group>
  );
}
