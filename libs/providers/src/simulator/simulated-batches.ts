import { isRecord, type JsonRecord, parseJson } from '../json-record';
import { simulateCompletion } from './simulated-answer';
import { failureOf, readBehaviour, simulatedError } from './simulated-behaviour';
import { simulateEmbeddings } from './simulated-embeddings';
import { readSimulatedRequest, SimulatedBadRequest } from './simulated-request';

export type SimulatedBatchState = 'validating' | 'in_progress' | 'cancelling' | 'completed' | 'cancelled' | 'expired';

/** One call of a batch: a request as JSON text, under an id that is unique in the batch. */
export interface SimulatedLine {
  id: string;
  /** The path of the call; chat completions by default. */
  url?: string;
  body: string;
}

/** A batch as its creation left it; what it is at a time follows from that time alone. */
export interface SimulatedBatch {
  readonly id: string;
  /** Gives a batch back to the caller that made it, also where the answer to its creation was lost. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly lines: readonly SimulatedLine[];
  /** Whether each line has an error for its answer. */
  readonly fails: readonly boolean[];
  /** Unix milliseconds. */
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly cancelledMs: number | undefined;
  readonly pace: SimulatedPace;
}

/** The speed of a batch, in milliseconds. */
export interface SimulatedPace {
  validatingMs: number;
  /** Each line ends so long after the one before. */
  lineMs: number;
  /** From a cancellation to its end. */
  cancellingMs: number;
}

/** What a poll reads. */
export interface SimulatedProgress {
  state: SimulatedBatchState;
  counts: { total: number; completed: number; failed: number };
  /** Unix milliseconds; undefined while it runs. */
  endedMs: number | undefined;
}

/** The result of a line. Lines that were cancelled or expired have an error and no response, and cost nothing. */
export type SimulatedResult =
  | { id: string; response: { status: number; body: JsonRecord }; error: undefined }
  | { id: string; response: undefined; error: { code: 'batch_cancelled' | 'batch_expired'; message: string } };

export const SIMULATED_PACE: SimulatedPace = { validatingMs: 1_000, lineMs: 50, cancellingMs: 1_000 };

/** A batch that starts at `createdMs`. @throws SimulatedBadRequest where it has no lines, or an id twice */
export function createSimulatedBatch(given: {
  id: string;
  lines: readonly SimulatedLine[];
  createdMs: number;
  windowMs: number;
  metadata?: Record<string, string>;
  pace?: Partial<SimulatedPace>;
}): SimulatedBatch {
  const { id, lines, createdMs, windowMs, metadata = {}, pace } = given;
  if (lines.length === 0) throw new SimulatedBadRequest('A batch needs at least one line.', 'lines');
  const ids = new Set(lines.map((line) => line.id));
  if (ids.size < lines.length) throw new SimulatedBadRequest('Each line needs an id of its own.', 'lines');
  const expiresMs = createdMs + windowMs;
  const fails = lines.map((line) => errorOf(line) !== undefined);
  return {
    id,
    metadata,
    lines,
    fails,
    createdMs,
    expiresMs,
    cancelledMs: undefined,
    pace: { ...SIMULATED_PACE, ...pace },
  };
}

/** The batch with its cancellation; unchanged where it has ended or is cancelled already. */
export function cancelSimulatedBatch(batch: SimulatedBatch, nowMs: number): SimulatedBatch {
  return batch.cancelledMs !== undefined || endOf(batch, nowMs) !== undefined
    ? batch
    : { ...batch, cancelledMs: nowMs };
}

export function simulatedProgress(batch: SimulatedBatch, nowMs: number): SimulatedProgress {
  const { lines, fails, createdMs, cancelledMs, pace } = batch;
  const ran = linesRun(batch, nowMs);
  const failed = fails.slice(0, ran).filter(Boolean).length;
  const end = endOf(batch, nowMs);
  const running =
    cancelledMs !== undefined ? 'cancelling' : nowMs < createdMs + pace.validatingMs ? 'validating' : 'in_progress';
  const counts = { total: lines.length, completed: ran - failed, failed };
  return { state: end?.state ?? running, counts, endedMs: end?.atMs };
}

/** The results of a batch that has ended, one after another and in no useful order, as vendors give them; none before. */
export function* simulatedResults(batch: SimulatedBatch, nowMs: number): Generator<SimulatedResult> {
  const end = endOf(batch, nowMs);
  if (end === undefined) return;
  const ran = linesRun(batch, nowMs);
  const code = end.state === 'expired' ? 'batch_expired' : 'batch_cancelled';
  for (let at = batch.lines.length - 1; at >= 0; at -= 1) {
    const line = batch.lines[at];
    if (line === undefined) continue;
    if (at < ran) yield { id: line.id, response: runLine(line, batch.createdMs), error: undefined };
    else yield { id: line.id, response: undefined, error: { code, message: 'The batch ended before this line ran.' } };
  }
}

/** How many lines have ended: none runs after a cancellation or the end of the window. */
function linesRun(
  { lines, createdMs, expiresMs, cancelledMs = Infinity, pace }: SimulatedBatch,
  nowMs: number,
): number {
  const ranMs = Math.min(nowMs, cancelledMs, expiresMs) - createdMs - pace.validatingMs;
  if (ranMs < 0) return 0;
  return pace.lineMs > 0 ? Math.min(lines.length, Math.floor(ranMs / pace.lineMs)) : lines.length;
}

/** How and when it ended; undefined while it runs. */
function endOf(batch: SimulatedBatch, nowMs: number): { state: SimulatedBatchState; atMs: number } | undefined {
  const { lines, createdMs, expiresMs, cancelledMs, pace } = batch;
  const lastMs = createdMs + pace.validatingMs + lines.length * pace.lineMs;
  if (lastMs <= Math.min(cancelledMs ?? Infinity, expiresMs))
    return lastMs <= nowMs ? { state: 'completed', atMs: lastMs } : undefined;
  const cancelMs = (cancelledMs ?? Infinity) + pace.cancellingMs;
  const atMs = Math.min(cancelMs, expiresMs);
  if (atMs > nowMs) return undefined;
  return { state: cancelMs <= expiresMs ? 'cancelled' : 'expired', atMs };
}

/** The answer to a line: equal lines get equal answers. */
function runLine(line: SimulatedLine, createdMs: number): { status: number; body: JsonRecord } {
  const createdSeconds = Math.floor(createdMs / 1_000);
  const answer = () => {
    const request = parseJson(line.body);
    if (isEmbedding(line)) return simulateEmbeddings(request);
    return simulateCompletion(readSimulatedRequest(request), line.body, createdSeconds);
  };
  return errorOf(line) ?? { status: 200, body: answer() };
}

function isEmbedding({ url }: SimulatedLine): boolean {
  return url?.endsWith('/embeddings') === true;
}

/** The error in place of an answer; undefined for a line that gets one. */
function errorOf(line: SimulatedLine): { status: number; body: JsonRecord } | undefined {
  try {
    const parsed = parseJson(line.body);
    const failure = failureOf(readBehaviour(undefined, isRecord(parsed) ? parsed : {}, 0), 0);
    if (failure !== undefined) return { status: failure, body: simulatedError(failure) };
    if (isEmbedding(line)) simulateEmbeddings(parsed);
    else if (readSimulatedRequest(parsed).stream)
      throw new SimulatedBadRequest("A line of a batch cannot have 'stream'.", 'stream');
    return undefined;
  } catch (error) {
    if (!(error instanceof SimulatedBadRequest)) throw error;
    const { message, param } = error;
    return { status: 400, body: { error: { message, type: 'invalid_request_error', param, code: null } } };
  }
}
