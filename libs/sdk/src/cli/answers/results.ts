import type { BatchObject } from '@thriftgate/contracts';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ThriftgateClient } from '../../thriftgate-client';
import { downloadFile } from '../gateway/downloads';
import { publishFile } from '../gateway/published-file';
import { UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';
import { AnswerIndex } from './answer-index';
import { type JoinCounts, joinedCsv, type JoinOptions } from './joined-csv';

/** A batch's result files in a temporary folder that only this user can read. */
export interface FetchedResults {
  outputPath: string;
  errorsPath: string;
  outputLines: number;
  errorLines: number;
}

/** Runs with both files of a batch, which are deleted afterwards. A file that the gateway does not have is empty. */
export async function withResults<Result>(
  client: ThriftgateClient,
  batch: BatchObject,
  signal: AbortSignal,
  use: (results: FetchedResults) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'thriftgate-'));
  try {
    const [outputPath, errorsPath] = [join(folder, 'output.jsonl'), join(folder, 'errors.jsonl')];
    const outputLines = await downloadFile(client, batch.output_file_id, outputPath, signal);
    const errorLines = await downloadFile(client, batch.error_file_id, errorsPath, signal);
    return await use({ outputPath, errorsPath, outputLines, errorLines });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the rows of a CSV file with the answers of a batch.
 *
 * @param path undefined writes to standard output
 * @throws UsageError where no row has a line in the batch
 */
export async function writeJoined(
  join_: JoinOptions,
  results: FetchedResults,
  path: string | undefined,
  messages: Messages,
  signal: AbortSignal,
): Promise<JoinCounts> {
  const index = new AnswerIndex();
  try {
    await index.add(results.outputPath);
    await index.add(results.errorsPath);
    const counts: JoinCounts = { rows: 0, withoutLine: 0 };
    const content = checked(joinedCsv(join_, index, counts, messages), counts, messages);
    if (path === undefined) await toStandardOutput(content);
    else await publishFile(path, content, signal);
    return counts;
  } finally {
    await index.close();
  }
}

/** Copies a file to standard output, at its reader's pace. */
export async function printFile(path: string): Promise<void> {
  await toStandardOutput(createReadStream(path));
}

/** Writes pieces to standard output, at its reader's pace. */
export async function toStandardOutput(pieces: AsyncIterable<Uint8Array | string>): Promise<void> {
  for await (const piece of pieces) {
    if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

/** @throws UsageError at the end where every row is without a line: it is another batch's file */
async function* checked(
  content: AsyncIterable<string>,
  counts: JoinCounts,
  messages: Messages,
): AsyncGenerator<string, void, undefined> {
  yield* content;
  if (counts.rows > 0 && counts.rows === counts.withoutLine) throw new UsageError(messages.submit.wrongCsv);
}
