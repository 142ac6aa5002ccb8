import { Combobox, Pill, PillsInput, Text, useCombobox } from '@mantine/core';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useText } from '../i18n/use-text';
import { completionsOf, type KnownValues } from './completions';
import { type ParsedQuery, parseQuery, printTerm, printTerms, type QueryFault } from './query-terms';

interface FilterFieldProps {
  parsed: ParsedQuery;
  known: KnownValues;
  /** Called with the whole filter as text. */
  onChange: (text: string) => void;
}

/** The filter as chips that are also text: type `field:value`; Backspace turns the last chip into text again. */
export function FilterField({ parsed, known, onChange }: FilterFieldProps) {
  const text = useText();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [draft, setDraft] = useState('');
  const [faults, setFaults] = useState<QueryFault[]>([]);
  const options = completionsOf(draft, known);
  const shown = [...parsed.faults, ...faults];

  const add = (written: string) => {
    const read = parseQuery(written);
    setFaults(read.faults);
    setDraft(read.faults.map((fault) => fault.text).join(' '));
    const others = parsed.terms.filter(({ field }) => !read.terms.some((term) => term.field === field));
    if (read.terms.length > 0) onChange(printTerms([...others, ...read.terms]));
    combobox.closeDropdown();
  };
  const remove = (index: number) => onChange(printTerms(parsed.terms.filter((_, each) => each !== index)));
  const choose = (option: string) => {
    if (!option.endsWith(':')) return add(option);
    setDraft(option);
    return combobox.openDropdown();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && combobox.getSelectedOptionIndex() === -1 && draft.trim() !== '') {
      event.preventDefault();
      add(draft);
    }
    const last = parsed.terms.at(-1);
    if (event.key === 'Backspace' && draft === '' && last) {
      event.preventDefault();
      setDraft(printTerm(last));
      remove(parsed.terms.length - 1);
    }
  };

  return (
    <Combobox store={combobox} onOptionSubmit={choose} shadow="sm" transitionProps={{ duration: 0 }}>
      <Combobox.DropdownTarget>
        <PillsInput
          label={text('requests.filter')}
          description={text('requests.filterHint')}
          leftSection={<Search size={16} aria-hidden />}
          error={
            shown.length > 0
              ? shown.map((fault) => text(REASONS[fault.reason], { text: fault.text })).join(' ')
              : undefined
          }
          onClick={() => combobox.openDropdown()}
        >
          <Pill.Group>
            {parsed.terms.map((term, index) => (
              <Pill
                key={term.field}
                withRemoveButton
                onRemove={() => remove(index)}
                removeButtonProps={{
                  'aria-label': text('components.removeFilter', { name: printTerm(term) }),
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
              >
                <span lang="en">{printTerm(term)}</span>
              </Pill>
            ))}
            <Combobox.EventsTarget>
              <PillsInput.Field
                data-filter
                value={draft}
                placeholder={parsed.terms.length === 0 ? 'model:gpt-4.1 cache:MISS cost:>=0.05' : undefined}
                aria-label={text('requests.filter')}
                autoComplete="off"
                spellCheck={false}
                onFocus={() => combobox.openDropdown()}
                onBlur={() => combobox.closeDropdown()}
                onChange={(event) => {
                  setDraft(event.currentTarget.value);
                  setFaults([]);
                  combobox.openDropdown();
                  combobox.updateSelectedOptionIndex();
                }}
                onKeyDown={onKeyDown}
              />
            </Combobox.EventsTarget>
          </Pill.Group>
        </PillsInput>
      </Combobox.DropdownTarget>
      <Combobox.Dropdown hidden={options.length === 0}>
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={text('requests.filter')}>
          {options.map((option) => (
            <Combobox.Option key={option} value={option}>
              <Text component="span" size="sm" ff="monospace" lang="en">
                {option}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const REASONS = {
  field: 'requests.fault.field',
  empty: 'requests.fault.empty',
  value: 'requests.fault.value',
  exclude: 'requests.fault.exclude',
  twice: 'requests.fault.twice',
} as const satisfies Record<QueryFault['reason'], string>;
