import { useCallback, useState } from 'react';
import { useTeamOptions } from '../display/use-teams';
import { useDisplay } from '../display/use-display';
import { useMe } from '../me/use-me';
import { type CheckedFile, checkCsv, checkJsonl, type CheckProgress, csvHeader } from './check-file';
import type { ColumnTemplate } from './csv-lines';
import { LatestRun } from './latest-run';
import type { BatchEndpoint } from './line-check';

const NO_TEMPLATE: ColumnTemplate = { model: '', prompt: '', system: '', idColumn: '' };

const isCsv = (file: File) => /\.csv$/i.test(file.name) || file.type === 'text/csv';

/** What has been chosen for a new batch, and how far its file has been checked. A new check stops the one before. */
export function useNewBatch() {
  const me = useMe();
  const { teamId: shown } = useDisplay();
  const options = useTeamOptions();
  const teams = me.team === null ? options : [];
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
  const [runs] = useState(() => new LatestRun());

  const run = useCallback(
    async <Result>(work: (signal: AbortSignal) => Promise<Result>, onResult: (result: Result) => void) => {
      setChecked(undefined);
      setProgress(undefined);
      setCheckError(undefined);
      setVersion((old) => old + 1);
      try {
        const result = await runs.start(work);
        if (result !== undefined) onResult(result);
      } catch (error) {
        setCheckError(error);
      }
    },
    [runs],
  );
  const onChecked = useCallback((result: CheckedFile) => {
    setChecked(result);
    setProgress({ share: 1, report: result.report });
  }, []);

  const choose = useCallback(
    (next: File, as: BatchEndpoint = endpoint) => {
      setFile(next);
      setHeader(undefined);
      if (!isCsv(next)) {
        void run((signal) => checkJsonl(next, { endpoint: as, signal, onProgress: setProgress }), onChecked);
        return;
      }
      void run(
        () => csvHeader(next),
        (names) => {
          setHeader(names);
          setTemplate((old) => ({
            ...old,
            prompt: old.prompt === '' && names[0] ? `{{${names.at(-1)}}}` : old.prompt,
          }));
        },
      );
    },
    [endpoint, run, onChecked],
  );
  const checkColumns = () =>
    file &&
    void run(
      (signal) => checkCsv(file, template, { endpoint: '/v1/chat/completions', signal, onProgress: setProgress }),
      onChecked,
    );

  return {
    teams,
    teamId: me.team?.id ?? chosenTeam ?? shown ?? teams[0]?.value,
    setTeam,
    endpoint: header === undefined ? endpoint : ('/v1/chat/completions' as const),
    setEndpoint: (next: BatchEndpoint) => {
      setEndpoint(next);
      if (file && header === undefined) choose(file, next);
    },
    window: window_,
    setWindow,
    file,
    choose: (next: File) => choose(next),
    header,
    template,
    setTemplate: (changes: Partial<ColumnTemplate>) => {
      // What is checked now, or was, is of the old template.
      runs.stop();
      setTemplate((old) => ({ ...old, ...changes }));
      setChecked(undefined);
      setProgress(undefined);
    },
    checkColumns,
    progress,
    checked,
    checkError,
    version,
  };
}

export type NewBatchState = ReturnType<typeof useNewBatch>;
