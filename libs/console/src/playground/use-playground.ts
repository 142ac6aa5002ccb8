import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import { teamsQuery } from '../api/teams-query';
import { usualModel } from '../calls/usual-model';
import { useDisplay } from '../display/use-display';
import { useMe } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { CACHE_MODES, type CacheMode, type Draft } from './playground-request';

interface PlaygroundSearch {
  model: string | undefined;
  /** The second model, where two are compared. */
  compare: string | undefined;
  stream: boolean;
  cache: CacheMode;
}

function readSearch({ model, with: compare, stream, cache }: RawSearch): PlaygroundSearch {
  return {
    model: typeof model === 'string' ? model : undefined,
    compare: typeof compare === 'string' ? compare : undefined,
    stream: stream !== 'off',
    cache: CACHE_MODES.find((mode) => mode === cache) ?? 'default',
  };
}

/** What is set in the playground: the address has the choices, the texts are local. */
export function usePlayground() {
  const me = useMe();
  const [search, change] = usePageSearch(readSearch);
  const { teamId: chosen } = useDisplay();
  const teams = useQuery({ ...teamsQuery, enabled: me.team === null && me.permissions.includes('teams:read') });
  const teamId = me.team?.id ?? chosen ?? teams.data?.data[0]?.id;
  const models = useQuery({
    queryKey: ['playground-models', teamId],
    queryFn: ({ signal }) => api.admin.playground.models({ signal, ...(teamId !== undefined && { team_id: teamId }) }),
    enabled: teamId !== undefined,
  });
  const chat = models.data?.data.filter(({ id }) => !/embed/i.test(id)) ?? [];
  const model = chat.find(({ id }) => id === search.model) ?? chat.find(({ id }) => id === usualModel(chat));
  const [texts, setTexts] = useState({ system: '', prompt: '', namespace: '', seconds: 60, maxTokens: 1000 });
  const draft: Draft = { model: model?.id ?? '', ...texts, isStream: search.stream, cacheMode: search.cache };
  return {
    draft,
    search,
    change,
    setTexts: (changes: Partial<typeof texts>) => setTexts((old) => ({ ...old, ...changes })),
    model,
    models: chat,
    modelsQuery: models,
    teamId,
    teamName: me.team?.name ?? teams.data?.data.find(({ id }) => id === teamId)?.name,
    teams: me.team === null ? (teams.data?.data ?? []) : [],
  };
}
