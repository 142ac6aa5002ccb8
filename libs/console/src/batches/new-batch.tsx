import { Card, Stack } from '@mantine/core';
import { ErrorCard } from '../components/error-card';
import { PageTitle } from '../components/page-title';
import { RateNote } from '../components/rate-note';
import { useText } from '../i18n/use-text';
import { BackLink } from './back-link';
import { CheckResult } from './check-result';
import { ColumnForm } from './column-form';
import { DropZone } from './drop-zone';
import { QuoteStep } from './quote-step';
import { useBatchesSearch } from './use-batches-page';
import { useNewBatch } from './use-new-batch';
import { WhoPays } from './who-pays';

/** A new batch: choose a file, see what is wrong with it, see what it costs, start it. */
export function NewBatch() {
  const text = useText();
  const [, change] = useBatchesSearch();
  const state = useNewBatch();
  const { file, header, progress, checked, checkError } = state;
  const isGood = checked !== undefined && checked.report.faultCount === 0 && checked.report.lines > 0;
  return (
    <>
      <BackLink onClick={() => change({ new: undefined })} />
      <PageTitle title={text('batches.new')} lead={text('batches.newLead')} />
      <RateNote />
      <Stack gap="md" maw={860}>
        <Card withBorder padding="md">
          <Stack gap="md">
            <WhoPays state={state} />
            <DropZone file={file} onFile={state.choose} />
            {header !== undefined && <ColumnForm header={header} state={state} />}
            {checkError !== undefined && <ErrorCard error={checkError} />}
            {progress && checkError === undefined && <CheckResult progress={progress} isDone={checked !== undefined} />}
          </Stack>
        </Card>
        {isGood && state.teamId !== undefined && (
          <QuoteStep
            key={`${file?.name} ${file?.size} ${state.window} ${state.teamId} ${state.version}`}
            lines={checked.lines}
            fileName={jsonlName(file?.name)}
            endpoint={state.endpoint}
            window={state.window}
            teamId={state.teamId}
          />
        )}
      </Stack>
    </>
  );
}

const jsonlName = (name: string | undefined) => (name ?? 'batch').replace(/\.(csv|jsonl?|ndjson)$/i, '') + '.jsonl';
