import type { IncomingMessage, ServerResponse } from 'node:http';
import { Listener, readBody } from '../vendors/listener';
import { type BatchPace, BatchesRoute, type RewriteLine } from './batch/batches-route';
import { CallLog, type FakeBatchLine, type FakeCall, type Invoice } from './call-log';
import { ChatRoute, promptOf } from './chat-route';
import { isJson, unknownMembers } from './chat-request';
import { type Directives, parseHeader, Script, type ScriptMatch } from './directives';
import { Exchange, errorForStatus, invalidRequest } from './exchange';
import { FilesRoute } from './batch/files-route';
import { createResponse } from './responses-route';

export interface FakeOpenAiOptions {
  /** A free port by default. */
  port?: number;
  /** The file for calls as JSON lines, written on arrival and at their end; a call is on disk before the response. */
  logFile?: string;
  /** Names in `GET /v1/models`; calls with other names work too. */
  models?: string[];
  /** Unix milliseconds; the clock of the batches. */
  now?: () => number;
  /** Refuses all that the vendor refuses: unknown members, unanswered tool calls, changed reasoning and more. */
  strict?: boolean;
  /** Where requests come from, for one that is part of another server; else a port of its own is opened. */
  at?: () => string;
}

const DEFAULT_MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano', 'gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'];

const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.";

/**
 * OpenAI's API on a port of this machine, with an exact record of the calls and their charges. A script or markers in the
 * prompt control its responses (see `Directives`).
 *
 * It bills a JSON response in full, even if its client has disconnected, and a stream by the tokens that it sent. Errors,
 * resets and HTML pages cost nothing.
 */
export class FakeOpenAi {
  private readonly scripted = new Script();
  private readonly models: ChatRoute;
  private readonly files = new FilesRoute();
  private readonly batches: BatchesRoute;
  private readonly listed: string[];
  private readonly startedAt = Math.floor(Date.now() / 1000);
  private readonly log: CallLog;
  private readonly at: (() => string) | undefined;
  private listener: Listener | undefined;

  constructor({ models = DEFAULT_MODELS, logFile, now = Date.now, strict = false, at }: FakeOpenAiOptions = {}) {
    this.listed = models;
    this.log = new CallLog(logFile);
    this.models = new ChatRoute(strict);
    this.batches = new BatchesRoute(this.files, this.models, this.log, now);
    this.at = at;
  }

  static async start(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
    const fake = new FakeOpenAi(options);
    fake.listener = await Listener.start((...exchange) => fake.serve(...exchange), options.port);
    return fake;
  }

  /** The base URL for OpenAI's SDK, with `/v1`. */
  get baseUrl(): string {
    return `${this.at?.() ?? this.listener?.url ?? ''}/v1`;
  }

  /** Every call whose whole request reached the vendor, in order, also with a wrong key or path. */
  get calls(): readonly FakeCall[] {
    return this.log.calls;
  }

  /** Every batch line that the vendor ran, in order. */
  get batchLines(): readonly FakeBatchLine[] {
    this.batches.catchUp();
    return this.log.batchLines;
  }

  /** Sets the responses to later calls; overrides markers in the prompt. @returns a function that removes the script */
  script(directives: Directives, match?: ScriptMatch): () => void {
    return this.scripted.add(directives, match);
  }

  /** From now on responses of `model` have this dated name, and this fingerprint or a new one. */
  setSnapshot(model: string, snapshot: string, systemFingerprint?: string): void {
    this.models.setSnapshot(model, snapshot, systemFingerprint);
  }

  /** For the batches created from now on. */
  setBatchPace(pace: Partial<BatchPace>): void {
    this.batches.pace = { ...this.batches.pace, ...pace };
  }

  /** What the output files of batches have in place of lines. */
  rewriteBatchLines(rewrite: RewriteLine): void {
    this.batches.rewrite = rewrite;
  }

  /** The charges until now. */
  invoice(): Invoice {
    this.batches.catchUp();
    return this.log.invoice();
  }

  /** Deletes calls, scripts, snapshots, files and batches, not the log file. */
  reset(): void {
    this.log.reset();
    this.scripted.reset();
    this.models.reset();
    this.files.reset();
    this.batches.reset();
  }

  /** Closes the port and breaks off running calls. */
  async stop(): Promise<void> {
    await this.listener?.stop();
    // Calls that were broken off still record their end.
    await new Promise((resolve) => setImmediate(resolve));
    this.log.close();
  }

  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const rawBody = await readBody(request);
    if (!rawBody) return;
    const { method = 'GET', headers } = request;
    const body = parseJson(rawBody);
    const requestId = headers['x-request-id'];
    const call = this.log.arrive({
      at: Date.now(),
      port: request.socket.remotePort,
      method,
      path,
      headers,
      body,
      text: rawBody.toString(),
      requestId: typeof requestId === 'string' ? requestId : undefined,
      model: isJson(body) && typeof body['model'] === 'string' ? body['model'] : undefined,
      unknownMembers: path.startsWith('/v1/chat/') ? unknownMembers(body) : [],
      status: undefined,
      bytesSent: 0,
      clientAborted: false,
      abortedAt: undefined,
      endedAt: undefined,
      billed: undefined,
    });
    const exchange = new Exchange(request, response, call, rawBody);
    try {
      await this.answer(exchange);
    } catch (error) {
      process.stderr.write(`fake-openai: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (!response.headersSent) await exchange.error(500, errorForStatus(500));
    }
    await exchange.untilClosed();
    this.log.end(call);
  }

  private async answer(exchange: Exchange): Promise<void> {
    const { call } = exchange;
    if (!/^Bearer \S+$/.test(call.headers.authorization ?? '')) return exchange.error(401, invalidRequest(NO_KEY));
    const url = new URL(call.path, 'http://vendor');
    const tier = isJson(call.body) ? call.body['service_tier'] : undefined;
    const scripted = this.scripted.take({
      path: url.pathname,
      model: call.model,
      prompt: promptOf(call.body),
      tier: typeof tier === 'string' ? tier : undefined,
    });
    exchange.directives = { ...scripted, ...parseHeader(call.headers['x-fake']) };
    if (await exchange.failEarly()) return;

    const [version, resource, ...rest] = url.pathname.slice(1).split('/');
    const route = version === 'v1' ? `${call.method} ${[resource, ...rest].join('/')}` : '';
    if (route === 'POST chat/completions') return this.models.chat(exchange);
    if (route === 'POST responses') return createResponse(exchange, this.models);
    if (route === 'POST embeddings') return this.models.embeddings(exchange);
    if (route.startsWith('GET models')) return this.listModels(exchange, rest[0]);
    if (version === 'v1' && resource === 'files') return this.files.handle(exchange, rest, url.searchParams);
    if (version === 'v1' && resource === 'batches') return this.batches.handle(exchange, rest, url.searchParams);
    await exchange.error(404, invalidRequest(`Invalid URL (${call.method} ${url.pathname})`));
  }

  private async listModels(exchange: Exchange, id: string | undefined): Promise<void> {
    const data = this.listed.map((name) => ({
      id: name,
      object: 'model',
      created: this.startedAt,
      owned_by: 'system',
    }));
    if (id === undefined) return exchange.json(200, { object: 'list', data });
    const model = data.find((one) => one.id === decodeURIComponent(id));
    if (model) return exchange.json(200, model);
    await exchange.error(404, { ...errorForStatus(404, id), param: 'model' });
  }
}

function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}
