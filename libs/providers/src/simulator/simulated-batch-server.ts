import { isRecord, type JsonRecord, parseJson } from '../json-record';
import type { HttpRequest } from '../translator';
import {
  cancelSimulatedBatch,
  createSimulatedBatch,
  type SimulatedBatch,
  type SimulatedLine,
  type SimulatedPace,
  simulatedProgress,
  simulatedResults,
} from './simulated-batches';
import { SimulatedBadRequest } from './simulated-request';

/** The oldest batches are forgotten beyond so many. */
const MOST_BATCHES = 100;
const WINDOW_MS = 24 * 3_600_000;
const PATH = /\/(files|batches)(?:\/([^/]+)(?:\/(content|cancel))?)?$/;
const OUTPUT = /^output_/;

interface Upload {
  name: string;
  lines: SimulatedLine[];
}

interface Made {
  batch: SimulatedBatch;
  inputFileId: string;
}

/** A status with a body: JSON, or lines of JSON. */
interface Answer {
  status: number;
  body: JsonRecord | string;
}

/**
 * OpenAI's files and batches of the simulator, in the memory of this process. A batch that it does not know, because another process
 * made it or this one has started since, has expired without results: its lines run as live calls then.
 *
 * @see https://platform.openai.com/docs/api-reference/batch
 */
export class SimulatedBatchServer {
  readonly #files = new Map<string, Upload>();
  readonly #batches = new Map<string, Made>();
  readonly #pace: Partial<SimulatedPace>;
  #numbers = 0;

  constructor(
    private readonly now: () => number,
    pace: Partial<SimulatedPace> = {},
  ) {
    this.#pace = pace;
  }

  /** @returns undefined where the path is none of files and batches @throws SimulatedBadRequest */
  async answer({ method, url, body }: HttpRequest): Promise<Answer | undefined> {
    const [, kind, id, rest] = PATH.exec(new URL(url).pathname) ?? [];
    if (kind === undefined) return undefined;
    if (kind === 'files') return this.#file(method, id, rest, body);
    if (id === undefined) return method === 'POST' ? this.#create(await textOf(body)) : this.#list();
    return { status: 200, body: this.#batch(id, rest === 'cancel') };
  }

  async #file(
    method: string,
    id: string | undefined,
    rest: string | undefined,
    body: HttpRequest['body'],
  ): Promise<Answer> {
    if (id === undefined && method === 'POST') return { status: 200, body: this.#upload(await textOf(body)) };
    if (id === undefined) {
      const data = [...this.#files].map(([fileId, { name }]) => ({ id: fileId, object: 'file', filename: name }));
      return { status: 200, body: { object: 'list', data: data.toReversed(), has_more: false } };
    }
    if (method === 'DELETE') return { status: 200, body: { id, object: 'file', deleted: this.#files.delete(id) } };
    const made = this.#batches.get(id.replace(OUTPUT, ''));
    if (rest !== 'content' || !made) return { status: 404, body: notFound(`There is no file ${id}.`) };
    return { status: 200, body: outputOf(made.batch, this.now()) };
  }

  #upload(form: string): JsonRecord {
    const [, name = 'lines.jsonl'] = /filename="([^"]*)"/.exec(form) ?? [];
    const begin = form.indexOf('\r\n\r\n', form.indexOf('filename="'));
    const content = form.slice(begin + 4, form.lastIndexOf('\r\n--'));
    const id = this.#newId('file');
    this.#files.set(id, {
      name,
      lines: content
        .split('\n')
        .filter((line) => line !== '')
        .map(lineOf),
    });
    return { id, object: 'file', filename: name, purpose: 'batch' };
  }

  #create(text: string): Answer {
    const request = parseJson(text);
    const { input_file_id: fileId, metadata } = isRecord(request) ? request : {};
    const upload = typeof fileId === 'string' ? this.#files.get(fileId) : undefined;
    if (!upload) return { status: 400, body: notFound(`There is no file ${String(fileId)}.`) };
    const id = this.#newId('batch');
    const batch = createSimulatedBatch({
      id,
      lines: upload.lines,
      createdMs: this.now(),
      windowMs: WINDOW_MS,
      metadata: isRecord(metadata) ? (metadata as Record<string, string>) : {},
      pace: this.#pace,
    });
    this.#batches.set(id, { batch, inputFileId: String(fileId) });
    const [oldest] = this.#batches.keys();
    if (this.#batches.size > MOST_BATCHES && oldest !== undefined) this.#batches.delete(oldest);
    return { status: 200, body: this.#batch(id) };
  }

  #list(): Answer {
    const data = [...this.#batches.keys()].toReversed().map((id) => this.#batch(id));
    return { status: 200, body: { object: 'list', data, has_more: false } };
  }

  #batch(id: string, isCancelled = false): JsonRecord {
    const made = this.#batches.get(id);
    if (!made) return { id, object: 'batch', status: 'expired' };
    if (isCancelled) this.#batches.set(id, { ...made, batch: cancelSimulatedBatch(made.batch, this.now()) });
    const { batch, inputFileId } = this.#batches.get(id) ?? made;
    const { state, counts, endedMs } = simulatedProgress(batch, this.now());
    return {
      id,
      object: 'batch',
      status: state,
      input_file_id: inputFileId,
      output_file_id: endedMs === undefined ? null : `output_${id}`,
      request_counts: counts,
      metadata: batch.metadata,
      created_at: Math.floor(batch.createdMs / 1_000),
      expires_at: Math.floor(batch.expiresMs / 1_000),
    };
  }

  #newId(kind: string): string {
    this.#numbers += 1;
    return `${kind}_simulated_${this.now().toString(36)}_${this.#numbers}`;
  }
}

function lineOf(text: string): SimulatedLine {
  const line = parseJson(text);
  if (!isRecord(line) || typeof line.custom_id !== 'string')
    throw new SimulatedBadRequest('Each line needs a custom_id.', 'custom_id');
  return { id: line.custom_id, url: String(line.url), body: JSON.stringify(line.body) };
}

function outputOf(batch: SimulatedBatch, nowMs: number): string {
  const lines: string[] = [];
  for (const { id, response, error } of simulatedResults(batch, nowMs)) {
    const answered = response && { status_code: response.status, request_id: id, body: response.body };
    lines.push(JSON.stringify({ id, custom_id: id, response: answered ?? null, error: error ?? null }));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function notFound(message: string): JsonRecord {
  return { error: { message, type: 'invalid_request_error', param: null, code: null } };
}

async function textOf(body: HttpRequest['body']): Promise<string> {
  if (body === undefined || typeof body === 'string' || !(Symbol.asyncIterator in Object(body)))
    return String(body ?? '');
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
