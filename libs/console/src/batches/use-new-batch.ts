import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { teamsQuery } from '../api/teams-query';
import { useDisplay } from '../display/use-display';
import { useMe } from '../me/use-me';
import { type CheckedFile, checkCsv, checkJsonl, type CheckProgress, csvHeader } from './check-file';
import type { ColumnTemplate } from './csv-lines';
import type { BatchEndpoint } from './line-check';

const NO_TEMPLATE: ColumnTemplate = { model: '', prompt: '', system: '', idColumn: '' };

const isCsv = (file: File) => /\.csv$/i.test(file.name) || file.type === 'text/csv';

/** What has been chosen for a new batch, and how far its file has been checked. A new check stops the one before. */
export function useNewBatch() {
  const me = useMe();
  const { teamId: shown } = useDisplay();
  const teams = useQuery({ ...teamsQuery, enabled: me.team === null && me.permissions.includes('teams:read') });
  const [chosenTeam, setTeam] = useState<string>();
  const [endpoint, setEndpoint] = useState<BatchEndpoint>('/v1/chat/completions');
  const [window_, setWindow] = useState('24h');
  const [file, setFile] = useState<File>();
  const [header, setHeader] = useState<string[]>();
  const [template, setTemplate] = useState(NO_TEMPLATE);
  const [progress, setProgress] = useState<CheckProgress>();
  const [checked, setChecked] = useState<CheckedFile>();
  const [checkError, setCheckError] = useState<unknown>();
  /** Counts checks, so that what was made of an earlier one is dropped. */
  const [version, setVersion] = useState(0);
  const running = useRef<AbortController>(undefined);

  const run = useCallback(async (check: (signal: AbortSignal) => Promise<CheckedFile>) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setChecked(undefined);
    setCheckError(undefined);
    setVersion((old) => old + 1);
    try {
      const result = await check(own.signal);
      if (own.signal.aborted) return;
      setChecked(result);
      setProgress({ share: 1, report: result.report });
    } catch (error) {
      if (!own.signal.aborted) setCheckError(error);
    }
  }, []);

  const choose = useCallback(
    async (next: File, as: BatchEndpoint = endpoint) => {
      setFile(next);
      setChecked(undefined);
      setProgress(undefined);
      if (!isCsv(next)) {
        setHeader(undefined);
        await run((signal) => checkJsonl(next, { endpoint: as, signal, onProgress: setProgress }));
        return;
      }
      running.current?.abort();
      const names = await csvHeader(next);
      setHeader(names);
      setTemplate((old) => ({ ...old, prompt: old.prompt === '' && names[0] ? `{{${names.at(-1)}}}` : old.prompt }));
    },
    [endpoint, run],
  );
  const checkColumns = () =>
    file &&
    run((signal) => checkCsv(file, template, { endpoint: '/v1/chat/completions', signal, onProgress: setProgress }));

  return {
    teams: me.team === null ? (teams.data?.data ?? []) : [],
    teamId: me.team?.id ?? chosenTeam ?? shown ?? teams.data?.data[0]?.id,
    setTeam,
    endpoint: header === undefined ? endpoint : ('/v1/chat/completions' as const),
    setEndpoint: (next: BatchEndpoint) => {
      setEndpoint(next);
      if (file && header === undefined) void choose(file, next);
    },
    window: window_,
    setWindow,
    file,
    choose: (next: File) => void choose(next),
    header,
    template,
    setTemplate: (changes: Partial<ColumnTemplate>) => {
      setTemplate((old) => ({ ...old, ...changes }));
      setChecked(undefined);
    },
    checkColumns: () => void checkColumns(),
    progress,
    checked,
    checkError,
    version,
  };
}

export type NewBatchState = ReturnType<typeof useNewBatch>;
