import type { BatchObject } from '@thriftgate/contracts';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { answerOf } from '../answers/answer-text';
import type { JoinOptions } from '../answers/joined-csv';
import { withResults, writeJoined } from '../answers/results';
import { downloadFile } from '../gateway/downloads';
import type { Session } from '../gateway/session';
import { EXIT, UsageError } from '../terminal/exit-codes';
import { printable } from '../terminal/printable';

/** How many failed lines are shown. */
const SHOWN_FAILURES = 5;

/** Where results go. */
export interface ResultOptions {
  output?: string;
  errors?: string;
  /** The answers go to the rows of a CSV file. */
  join?: JoinOptions;
}

/** What was written, for scripts. */
export interface WrittenResults {
  output: string | null;
  errors: string | null;
}

/** @throws UsageError where a file cannot be written: better before a batch costs something */
export async function checkWritable({ output, errors }: ResultOptions, { messages }: Session): Promise<void> {
  for (const path of [output, errors]) {
    if (path === undefined) continue;
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const isOpen = await access(dirname(path), constants.W_OK).then(
      () => true,
      () => false,
    );
    if (isFolder || !isOpen) throw new UsageError(messages.usage.noFolder(path));
  }
}

/** Writes the result files of an ended batch, each one whole or not at all. */
export async function writeResults(
  batch: BatchObject,
  { output, errors, join }: ResultOptions,
  session: Session,
): Promise<WrittenResults> {
  const { client, terminal, messages, amounts, signal } = session;
  const written = (lines: number, path: string) => messages.submit.written(amounts.count(lines), path);
  if (output !== undefined) terminal.progress.show(messages.progress.downloading(output));
  if (output !== undefined && join) {
    const { rows, withoutLine } = await withResults(client, batch, signal, (results) =>
      writeJoined(join, results, output, messages, signal),
    );
    terminal.print(messages.submit.joined(amounts.count(rows), output));
    if (withoutLine > 0) terminal.note(messages.submit.noAnswer(amounts.count(withoutLine)));
  } else if (output !== undefined) {
    terminal.print(written(await downloadFile(client, batch.output_file_id, output, signal), output));
  }
  if (errors !== undefined) {
    const lines = await downloadFile(client, batch.error_file_id, errors, signal);
    terminal.print(messages.submit.writtenErrors(amounts.count(lines), errors));
  }
  return { output: output ?? null, errors: errors ?? null };
}

/** Shows the first failed lines of an ended batch, and how to run them again. */
export async function showFailures(batch: BatchObject, session: Session): Promise<void> {
  const { client, terminal, messages, amounts, signal } = session;
  const { failed } = batch.request_counts;
  if (failed === 0 || batch.error_file_id === null || terminal.isJson) return;
  terminal.print(messages.submit.someFailed(amounts.count(failed)));
  let shown = 0;
  for await (const line of client.files.lines(batch.error_file_id, { signal })) {
    const result = JSON.parse(line) as { custom_id: string };
    terminal.print(printable(messages.submit.failedLine(result.custom_id, answerOf(result).error)));
    shown += 1;
    if (shown === SHOWN_FAILURES) break;
  }
  if (failed > shown) terminal.print(messages.input.more(failed - shown));
  terminal.print(messages.submit.retry(batch.id));
}

/** 0 where each line of an ended batch has a response. */
export function exitCodeOf({ status, request_counts: counts }: BatchObject): number {
  return status === 'completed' && counts.failed === 0 ? EXIT.done : EXIT.failedLines;
}
