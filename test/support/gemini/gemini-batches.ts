import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './gemini-rules';

type Json = Record<string, any>;

interface Batch {
  name: string;
  displayName: string;
  model: string;
  createdMs: number;
  cancelled: boolean;
  embeds: boolean;
  lines: { key: string; request: Json }[];
  /** The file of results; undefined while it runs. */
  responsesFile: string | undefined;
}

const UPLOAD = '/upload/v1beta/files';
const CREATE = /^\/v1beta\/models\/([^/:]+):(batchGenerateContent|asyncBatchEmbedContent)$/;
const BATCH = /^\/v1beta\/(batches\/[^/:?]+)(:cancel)?$/;
const FILE = /^\/v1beta\/(files\/[^/:?]+)$/;
const DOWNLOAD = /^\/download\/v1beta\/(files\/[^/:?]+):download\?alt=media$/;

/**
 * Files and batches of the Gemini API. There is no timer: each request brings the batches up to date.
 *
 * @see https://ai.google.dev/gemini-api/docs/batch-api
 */
export class GeminiBatches {
  private readonly files = new Map<string, { displayName: string; text: string }>();
  private readonly batches = new Map<string, Batch>();
  /** Lines that ran, by their keys, with what they cost; errors cost nothing. */
  readonly ran: { key: string; request: Json; usage?: Json }[] = [];
  /** How long a batch runs, in milliseconds. */
  runsMs = 60;
  private numbers = 0;

  /** @param answer to a request of a model @throws Refusal */
  constructor(
    private readonly answer: (model: string, request: Json) => Json,
    private readonly baseUrl: () => string,
  ) {}

  get fileNames(): string[] {
    return [...this.files.keys()];
  }

  get count(): number {
    return this.batches.size;
  }

  /** @returns false where the path is none of batches and files @throws Refusal */
  handle({ method, headers }: IncomingMessage, path: string, body: string, response: ServerResponse): boolean {
    for (const batch of this.batches.values()) this.advance(batch);
    const json = (value: unknown, more = {}) => {
      response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8', ...more });
      response.end(JSON.stringify(value));
      return true;
    };
    const [, model, call] = CREATE.exec(path) ?? [];
    if (model) return json(this.create(model, call === 'asyncBatchEmbedContent', JSON.parse(body)));
    if (path === UPLOAD) return this.begin(headers, JSON.parse(body), json);
    if (path.startsWith(`${UPLOAD}?upload_id=`)) return json({ file: this.store(path, body) });
    if (path.startsWith('/v1beta/files?')) return json({ files: this.fileNames.map((name) => this.fileOf(name)) });
    if (path.startsWith('/v1beta/batches?'))
      return json({ operations: [...this.batches.values()].map(operationOf).toReversed() });
    const [, file] = FILE.exec(path) ?? [];
    if (file && method === 'DELETE') return json(this.remove(file));
    const [, name, cancel] = BATCH.exec(path) ?? [];
    if (name) return json(cancel ? this.cancel(name) : operationOf(this.find(name)));
    const [, results] = DOWNLOAD.exec(path) ?? [];
    if (!results) return false;
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    response.end(this.files.get(results)?.text ?? '');
    return true;
  }

  private begin(
    headers: IncomingMessage['headers'],
    { file }: Json,
    json: (value: unknown, more?: object) => boolean,
  ): boolean {
    if (headers['x-goog-upload-protocol'] !== 'resumable' || headers['x-goog-upload-command'] !== 'start')
      throw new Refusal(400, 'INVALID_ARGUMENT', 'Bad upload command.');
    const id = encodeURIComponent(String(file?.display_name));
    return json({}, { 'x-goog-upload-url': `${this.baseUrl()}${UPLOAD}?upload_id=${id}` });
  }

  private store(path: string, text: string): Json {
    const name = `files/f${(this.numbers += 1)}`;
    const displayName = decodeURIComponent(path.split('upload_id=')[1] ?? '');
    this.files.set(name, { displayName, text });
    return this.fileOf(name);
  }

  private fileOf(name: string): Json {
    return { name, displayName: this.files.get(name)?.displayName, state: 'ACTIVE' };
  }

  private remove(name: string): Json {
    if (!this.files.delete(name)) throw new Refusal(404, 'NOT_FOUND', `${name} is not found.`);
    return {};
  }

  private create(model: string, embeds: boolean, { batch }: Json): Json {
    const file = this.files.get(batch?.inputConfig?.fileName);
    if (!file) throw new Refusal(400, 'INVALID_ARGUMENT', 'The input file is not found.');
    const lines = file.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const name = `batches/b${(this.numbers += 1)}`;
    const { displayName } = batch;
    const state = { createdMs: Date.now(), cancelled: false, responsesFile: undefined };
    const made: Batch = { name, displayName, model, embeds, lines, ...state };
    this.batches.set(name, made);
    return operationOf(made);
  }

  private find(name: string): Batch {
    const batch = this.batches.get(name);
    if (!batch) throw new Refusal(404, 'NOT_FOUND', `${name} is not found.`);
    return batch;
  }

  private cancel(name: string): Json {
    this.find(name).cancelled = true;
    return {};
  }

  private advance(batch: Batch): void {
    if (batch.responsesFile || batch.cancelled || Date.now() < batch.createdMs + this.runsMs) return;
    const lines = batch.lines.map((line) => JSON.stringify({ key: line.key, ...this.run(batch, line) }));
    batch.responsesFile = `files/r${(this.numbers += 1)}`;
    this.files.set(batch.responsesFile, { displayName: '', text: `${lines.join('\n')}\n` });
  }

  private run({ model, embeds }: Batch, line: Batch['lines'][number]): Json {
    const ran: (typeof this.ran)[number] = { ...line };
    this.ran.push(ran);
    try {
      if (embeds) return { response: vectorOf(line.request) };
      const response = this.answer(model, line.request);
      ran.usage = response.usageMetadata;
      return { response };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { error: { code: error.httpStatus === 400 ? 3 : 13, message: error.message } };
    }
  }
}

/** @see https://ai.google.dev/api/embeddings#EmbedContentResponse @throws Refusal */
function vectorOf({ content, outputDimensionality = 4 }: Json): Json {
  const text = content?.parts?.[0]?.text;
  if (typeof text !== 'string') throw new Refusal(400, 'INVALID_ARGUMENT', 'content is required.');
  const values = Array.from(
    { length: outputDimensionality },
    (_, at) => (text.charCodeAt(at % text.length) % 100) / 100,
  );
  return { embedding: { values }, usageMetadata: { promptTokenCount: text.split(/\s+/).length } };
}

function operationOf({ name, displayName, createdMs, cancelled, lines, responsesFile }: Batch): Json {
  const state = responsesFile ? 'SUCCEEDED' : cancelled ? 'CANCELLED' : 'RUNNING';
  const counted = responsesFile ? String(lines.length) : '0';
  const batchStats = { requestCount: String(lines.length), successfulRequestCount: counted, failedRequestCount: '0' };
  return {
    name,
    metadata: { state: `BATCH_STATE_${state}`, displayName, createTime: new Date(createdMs).toISOString(), batchStats },
    ...(responsesFile && { done: true, response: { responsesFile } }),
  };
}
