import type { BatchObject, BatchQuote } from '@thriftgate/contracts';
import { randomUUID } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { CreateBatch } from '../../resources/batches';
import { ThriftgateError } from '../../thriftgate-error';
import { politely } from '../gateway/politely';
import type { Session } from '../gateway/session';
import { checkGateway, discardUpload, uploadFile } from '../gateway/upload';
import { lineFaultsOf } from '../input/gateway-faults';
import { type InputSource, type PreparedInput, prepareInput } from '../input/prepared-input';
import { EXIT, Interrupted, UsageError } from '../terminal/exit-codes';
import { batchText, quoteText } from './batch-text';
import { checkWritable, exitCodeOf, type ResultOptions, showFailures, writeResults } from './result-files';
import { tellInterrupted, watchBatch } from './watch-batch';

/** The options of `batch submit` and `batch quote`. */
export interface SubmitOptions extends Omit<InputSource, 'format'>, ResultOptions {
  format?: InputSource['format'];
  window: string;
  escalate?: boolean;
  metadata?: Record<string, string>;
  wait?: boolean;
  quoteOnly?: boolean;
  yes?: boolean;
  column: string;
}

/** Checks an input, shows its quote, and runs it. @returns the exit code */
export async function submit(options: SubmitOptions, session: Session): Promise<number> {
  const { terminal, messages, amounts, signal } = session;
  const source = sourceOf(options, session);
  const results = resultsOf(options, source, session);
  await checkWritable(results, session);
  const input = await prepareInput(source, messages, signal, (lines) =>
    terminal.progress.show(messages.progress.reading(amounts.count(lines))),
  );
  try {
    await checkGateway(session);
    return await runInput(input, options, results, session);
  } catch (error) {
    if (error instanceof Interrupted && !error.isTold) terminal.note(messages.submit.interrupted);
    throw error;
  } finally {
    await input.remove();
  }
}

async function runInput(
  input: PreparedInput,
  options: SubmitOptions,
  results: ResultOptions,
  session: Session,
): Promise<number> {
  const { terminal, messages, amounts } = session;
  terminal.progress.show(messages.progress.uploading(amounts.count(input.lines), amounts.size(input.bytes)));
  const file = await uploadFile(input.path, uploadName(options.file), session);
  let isNeeded = false;
  try {
    const request = requestOf(options, file.id);
    const quote = await quoteOf(request, input, session);
    terminal.print(quoteText(quote, session));
    if (options.quoteOnly) {
      terminal.document({ quote });
      return EXIT.done;
    }
    if (!(await isConfirmed(quote, options, session))) {
      terminal.document({ quote, batch: null });
      return EXIT.interrupted;
    }
    isNeeded = true;
    const batch = await start(request, input, session);
    return await follow(batch, quote, options, results, session);
  } catch (error) {
    // A batch that was refused has no use for the file.
    if (error instanceof NotStarted) isNeeded = false;
    throw error instanceof NotStarted ? error.cause : error;
  } finally {
    if (!isNeeded) await discardUpload(file.id, session);
  }
}

/** The gateway refused the batch. */
class NotStarted extends Error {}

async function quoteOf(request: CreateBatch, input: PreparedInput, session: Session): Promise<BatchQuote> {
  const { client, terminal, messages, signal, noteRetry } = session;
  terminal.progress.show(messages.progress.quoting);
  try {
    return await politely(() => client.batches.quote(request, { signal }), signal, undefined, noteRetry);
  } catch (error) {
    throw lineFaultsOf(error, input.origins, messages.input);
  }
}

async function isConfirmed(quote: BatchQuote, { yes }: SubmitOptions, session: Session): Promise<boolean> {
  const { terminal, messages, amounts, signal } = session;
  if (yes || !terminal.canAsk) return true;
  const answer = await terminal.ask(messages.submit.confirm(amounts.usd(quote.cost_usd.likely)), signal);
  if (messages.yes.test(answer.trim())) return true;
  terminal.note(messages.submit.declined);
  return false;
}

/** Starts the batch, once, however often the request is repeated. Ctrl-C waits for the answer. */
async function start(request: CreateBatch, input: PreparedInput, session: Session): Promise<BatchObject> {
  const { client, terminal, messages, signal, noteRetry } = session;
  const idempotencyKey = randomUUID();
  try {
    return await politely(() => client.batches.create(request, { idempotencyKey }), signal, undefined, noteRetry);
  } catch (error) {
    if (error instanceof ThriftgateError && error.status < 500) {
      throw new NotStarted('', { cause: lineFaultsOf(error, input.origins, messages.input) });
    }
    if (error instanceof Interrupted) error.isTold = true;
    terminal.note(messages.submit.unsure);
    throw error;
  }
}

async function follow(
  started: BatchObject,
  quote: BatchQuote,
  { wait }: SubmitOptions,
  results: ResultOptions,
  session: Session,
): Promise<number> {
  const { terminal, messages } = session;
  terminal.print(messages.submit.started(started.id));
  if (!wait) {
    terminal.print(messages.submit.comeBack(started.id));
    terminal.document({ quote, batch: started });
    return EXIT.done;
  }
  try {
    const batch = await watchBatch(started, session, quote.expected_end);
    const written = await writeResults(batch, results, session);
    terminal.print(batchText(batch, session));
    await showFailures(batch, session);
    if (results.output === undefined) terminal.print(messages.submit.comeBack(batch.id));
    terminal.document({ quote, batch, ...written });
    return exitCodeOf(batch);
  } catch (error) {
    tellInterrupted(error, started, session);
    throw error;
  }
}

/** @throws UsageError for options that do not go together */
function sourceOf(options: SubmitOptions, { messages: { usage } }: Session): InputSource {
  const { file, format = extname(file).toLowerCase() === '.csv' ? 'csv' : 'jsonl' } = options;
  const csvOnly = Object.entries({ '--template': options.template, '--id-column': options.idColumn });
  const misplaced = csvOnly.find(([, value]) => value !== undefined);
  if (format === 'jsonl' && misplaced) throw new UsageError(usage.csvOnly(misplaced[0]));
  if (options.maxTokens !== undefined && options.endpoint.endsWith('/embeddings')) {
    throw new UsageError(usage.noMaxTokens);
  }
  return { ...options, format };
}

/** @throws UsageError for outputs that cannot be written in this way */
function resultsOf(options: SubmitOptions, source: InputSource, { messages: { usage } }: Session): ResultOptions {
  const { output, errors, wait, column, idColumn } = options;
  if (!wait && (output ?? errors) !== undefined) throw new UsageError(usage.needsWait);
  if (output === undefined || extname(output).toLowerCase() !== '.csv') return { output, errors };
  if (source.format !== 'csv') throw new UsageError(usage.joinNeedsCsv);
  if (source.file === '-') throw new UsageError(usage.joinNeedsFile);
  return { output, errors, join: { file: source.file, idColumn, column } };
}

function requestOf({ endpoint, window, metadata, escalate }: SubmitOptions, fileId: string): CreateBatch {
  return {
    input_file_id: fileId,
    endpoint: endpoint as CreateBatch['endpoint'],
    completion_window: window,
    ...(metadata && { metadata }),
    ...(escalate && { gateway: { escalate } }),
  };
}

function uploadName(file: string): string {
  return file === '-' ? 'stdin.jsonl' : `${basename(file, extname(file))}.jsonl`;
}
