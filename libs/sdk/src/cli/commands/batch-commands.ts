import type { BatchObject } from '@thriftgate/contracts';
import { createReadStream } from 'node:fs';
import type { JoinOptions } from '../answers/joined-csv';
import { type FetchedResults, printFile, toStandardOutput, withResults, writeJoined } from '../answers/results';
import { politely } from '../gateway/politely';
import type { Session } from '../gateway/session';
import { hasEnded } from '../gateway/wait-for-end';
import { numberedLines } from '../input/numbered-lines';
import { EXIT, UsageError } from '../terminal/exit-codes';
import { table } from '../terminal/table';
import { batchText } from './batch-text';
import { checkWritable, exitCodeOf, type ResultOptions, showFailures, writeResults } from './result-files';
import { watchBatch } from './watch-batch';

/** The options of `batch results`. */
export interface ResultsOptions extends ResultOptions {
  wait?: boolean;
}

/** `batch status`. @returns the exit code, which speaks of the lines once the batch has ended */
export async function status(id: string, { wait }: { wait?: boolean }, session: Session): Promise<number> {
  const current = await retrieve(id, session);
  const batch = wait ? await watchBatch(current, session) : current;
  session.terminal.print(batchText(batch, session));
  session.terminal.document(batch);
  return hasEnded(batch) ? exitCodeOf(batch) : EXIT.done;
}

/** `batch list`. */
export async function list(query: { limit?: number; after?: string }, session: Session): Promise<number> {
  const { client, terminal, messages, amounts, signal, noteRetry } = session;
  const { labels } = messages;
  const page = await politely(() => client.batches.list(query, { signal }), signal, undefined, noteRetry);
  const rows = page.data.map(({ id, status: state, request_counts: counts, created_at: at, gateway }) => [
    id,
    messages.status[state],
    `${amounts.count(counts.completed)} / ${amounts.count(counts.failed)} / ${amounts.count(counts.total)}`,
    amounts.usd(gateway.cost_usd),
    amounts.usd(gateway.saved_usd),
    amounts.time(at),
  ]);
  const columns = [
    { title: labels.id },
    { title: labels.state },
    { title: labels.counts, side: 'right' },
    { title: labels.cost, side: 'right' },
    { title: labels.saved, side: 'right' },
    { title: labels.created },
  ] as const;
  terminal.print(rows.length === 0 ? labels.noBatches : table(columns, rows));
  if (page.has_more && page.last_id !== null) terminal.print(labels.more(page.last_id));
  terminal.document(page);
  return EXIT.done;
}

/** `batch cancel`. */
export async function cancel(id: string, { wait }: { wait?: boolean }, session: Session): Promise<number> {
  const { client, terminal, messages, signal, noteRetry } = session;
  const current = await politely(() => client.batches.cancel(id, { signal }), signal, undefined, noteRetry);
  terminal.print(messages.submit.cancelled(id));
  if (!wait) {
    terminal.document(current);
    return EXIT.done;
  }
  const batch = await watchBatch(current, session);
  terminal.print(batchText(batch, session));
  terminal.document(batch);
  return EXIT.done;
}

/** `batch retry`: the failed lines of an ended batch as a new one. */
export async function retry(id: string, options: ResultsOptions, session: Session): Promise<number> {
  const { client, terminal, messages, signal } = session;
  if (!options.wait && (options.output ?? options.errors) !== undefined) throw new UsageError(messages.usage.needsWait);
  await checkWritable(options, session);
  // Not repeated after a failure: the gateway may have started the batch.
  const started = await client.batches.retry(id, { signal });
  terminal.print(messages.submit.started(started.id));
  if (!options.wait) {
    terminal.print(messages.submit.comeBack(started.id));
    terminal.document({ batch: started });
    return EXIT.done;
  }
  return finish(await watchBatch(started, session), options, session);
}

/** `batch results`: to files, or to standard output. */
export async function results(id: string, options: ResultsOptions, session: Session): Promise<number> {
  const { terminal, messages } = session;
  const isPrinted = options.output === undefined;
  if (isPrinted && terminal.isJson && options.join) throw new UsageError(messages.usage.outputNeeded);
  if (isPrinted) terminal.reserveOutput();
  await checkWritable(options, session);
  const current = await retrieve(id, session);
  if (!hasEnded(current) && !options.wait) throw new UsageError(messages.submit.notEnded(id));
  const batch = await watchBatch(current, session);
  if (!isPrinted) return finish(batch, options, session);
  await writeResults(batch, { errors: options.errors }, session);
  await printResults(batch, options.join, session);
  await showFailures(batch, session);
  return exitCodeOf(batch);
}

async function finish(batch: BatchObject, options: ResultOptions, session: Session): Promise<number> {
  const written = await writeResults(batch, options, session);
  session.terminal.print(batchText(batch, session));
  await showFailures(batch, session);
  session.terminal.document({ batch, ...written });
  return exitCodeOf(batch);
}

async function printResults(batch: BatchObject, join: JoinOptions | undefined, session: Session): Promise<void> {
  const { client, terminal, messages, amounts, signal } = session;
  terminal.progress.show(messages.progress.downloading(batch.id));
  await withResults(client, batch, signal, async (fetched) => {
    terminal.progress.clear();
    if (terminal.isJson) return toStandardOutput(resultsDocument(batch, fetched));
    if (!join) return printFile(fetched.outputPath);
    const { withoutLine } = await writeJoined(join, fetched, undefined, messages, signal);
    if (withoutLine > 0) terminal.note(messages.submit.noAnswer(amounts.count(withoutLine)));
  });
}

/** One document with all lines in it, a piece at a time. */
async function* resultsDocument(batch: BatchObject, fetched: FetchedResults): AsyncGenerator<string, void, undefined> {
  yield `{"batch":${JSON.stringify(batch)},"results":[`;
  yield* elements(fetched.outputPath);
  yield '],"errors":[';
  yield* elements(fetched.errorsPath);
  yield ']}\n';
}

/** The lines of a JSONL file as the elements of an array. */
async function* elements(path: string): AsyncGenerator<string, void, undefined> {
  for await (const { line, text } of numberedLines(createReadStream(path, { encoding: 'utf8' }))) {
    yield line === 1 ? `\n${text}` : `,\n${text}`;
  }
}

function retrieve(id: string, { client, signal, noteRetry }: Session): Promise<BatchObject> {
  return politely(() => client.batches.retrieve(id, { signal }), signal, undefined, noteRetry);
}
