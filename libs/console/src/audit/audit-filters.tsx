import { Button, Select, TextInput } from '@mantine/core';
import type { AuditAction } from '@thriftgate/contracts';
import { useState } from 'react';
import { FilterBar } from '../components/filter-bar';
import { useText } from '../i18n/use-text';
import { AUDIT_ACTIONS } from './actions';
import type { AuditSearch } from './audit-search';

interface AuditFiltersProps {
  search: AuditSearch;
  onChange: (changes: Partial<Record<keyof AuditSearch, string | undefined>>) => void;
}

/** Action, who and what. Texts are applied by Enter or by the button, not at each letter. */
export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const text = useText();
  const [actor, setActor] = useDraft(search.actor);
  const [subject, setSubject] = useDraft(search.subject);
  const names = ['action', 'actor', 'subject'] as const;
  const filters = names.flatMap((name) => {
    const value = search[name];
    return value === undefined ? [] : [{ name, label: text(`audit.${name}`), value }];
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ actor: actor.trim() || undefined, subject: subject.trim() || undefined });
      }}
    >
      <FilterBar
        filters={filters}
        onRemove={(name) => onChange({ [name]: undefined })}
        onClear={() => onChange({ action: undefined, actor: undefined, subject: undefined })}
      >
        <Select
          size="xs"
          w={200}
          data-filter
          aria-label={text('audit.action')}
          placeholder={text('audit.action')}
          data={AUDIT_ACTIONS}
          value={AUDIT_ACTIONS.find((each) => each === search.action) ?? null}
          onChange={(value: AuditAction | null) => onChange({ action: value ?? undefined })}
          searchable
        />
        <TextInput
          size="xs"
          w={200}
          aria-label={text('audit.actor')}
          placeholder={text('audit.actorHint')}
          value={actor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          w={200}
          aria-label={text('audit.subject')}
          placeholder={text('audit.subjectHint')}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default">
          {text('audit.apply')}
        </Button>
      </FilterBar>
    </form>
  );
}

/** A text that is typed before it is applied. It starts again where another one has been applied. */
function useDraft(applied = ''): [string, (typed: string) => void] {
  const [draft, setDraft] = useState({ applied, typed: applied });
  if (draft.applied !== applied) setDraft({ applied, typed: applied });
  return [draft.typed, (typed) => setDraft({ applied, typed })];
}
