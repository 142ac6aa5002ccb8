import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Directives, parseHeader, Script, type ScriptMatch } from '../fake-openai/directives';
import { failEarly, writeEvents } from '../vendors/faults';
import { Listener, readBody } from '../vendors/listener';
import { answerTo, type MadeAnswer, promptOf } from './gemini-answers';
import { GeminiBatches } from './gemini-batches';
import { embeddingsFor, isEmbedding } from './gemini-embeddings';
import { checkRequest, Refusal } from './gemini-rules';

type Json = Record<string, any>;

/** A request that reached the server. */
export interface GeminiCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: Json;
  status: number;
  /** Of the answer; undefined for a refusal. */
  usage: Json | undefined;
}

export const GEMINI_KEY = 'AIzaSy-stand-in-key-0123456789';
const PATH = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)(?:\?(.*))?$/;
const ERRORS: Record<string, [string, string, unknown[]?]> = {
  400: ['INVALID_ARGUMENT', 'Request contains an invalid argument.'],
  429: [
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota, please check your plan and billing details.',
    [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.5s' }],
  ],
  500: ['INTERNAL', 'An internal error has occurred.'],
  503: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
};

/**
 * Google's Gemini API on a port of this machine: it refuses what the vendor refuses, answers deterministically, and keeps what
 * it got. Markers in the last text of the user steer it: those of `Directives`, and `[[finish=SAFETY]]`, `[[block]]`, `[[cut]]`,
 * `[[parallel]]`, `[[rounds=3]]`, `[[no-ids]]`, `[[call=get_weather,get_time*3]]` (these tools, in three rounds).
 */
export class GeminiServer {
  readonly calls: GeminiCall[] = [];
  private readonly signatures = new Set<string>();
  readonly batches = new GeminiBatches(
    (model, request) => this.lineAnswer(model, request),
    () => this.baseUrl,
  );
  private readonly scripted = new Script([]);
  private listener: Listener | undefined;

  /** @param at where requests come from, for one that is part of another server; else a port of its own is opened */
  constructor(private readonly at?: () => string) {}

  static async start(): Promise<GeminiServer> {
    const gemini = new GeminiServer();
    gemini.listener = await Listener.start((...exchange) => gemini.serve(...exchange));
    return gemini;
  }

  /** As GEMINI_BASE_URL, without `/v1beta`. */
  get baseUrl(): string {
    return this.at?.() ?? this.listener?.url ?? '';
  }

  get last(): GeminiCall {
    const call = this.calls.at(-1);
    if (!call) throw new Error('no call has reached Gemini');
    return call;
  }

  /** Sets the responses to later calls. @returns a function that removes the script */
  script(directives: Directives, match: ScriptMatch = {}): () => void {
    return this.scripted.add(directives, { path: PATH, ...match });
  }

  reset(): void {
    this.calls.length = 0;
    this.scripted.reset();
  }

  async stop(): Promise<void> {
    await this.listener?.stop();
  }

  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const raw = await readBody(request);
    if (!raw) return;
    const { headers } = request;
    const call: GeminiCall = { path, headers, body: parse(raw), status: 200, usage: undefined };
    this.calls.push(call);
    const refuse = ({ httpStatus: code, status, message, details }: Refusal, more: Record<string, string> = {}) => {
      call.status = code;
      response.writeHead(code, { 'content-type': 'application/json; charset=UTF-8', ...more });
      response.end(JSON.stringify({ error: { code, message, status, ...(details.length > 0 && { details }) } }));
    };
    const prompt = Array.isArray(call.body?.contents) ? promptOf(call.body.contents) : '';
    const directives = {
      ...this.scripted.take({ path, model: PATH.exec(path)?.[1], prompt }),
      ...parseHeader(headers['x-fake']),
    };
    const fail = (wanted: number, more: Record<string, string>) => {
      const [status = 'INTERNAL', message = '', details] = ERRORS[wanted] ?? [];
      refuse(new Refusal(wanted, status, message, details), more);
    };
    try {
      checkCredential(path, headers['x-goog-api-key']);
      if (await failEarly(directives, request, response, fail)) return;
      if (this.batches.handle(request, path, raw.toString(), response)) return;
      if (isEmbedding(path)) this.embed(call, response);
      else await this.answer(call, directives, response);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(error);
    }
  }

  private embed(call: GeminiCall, response: ServerResponse): void {
    const answer = embeddingsFor(call.path, call.body);
    call.usage = answer.usageMetadata;
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(answer));
  }

  /** The answer to a line of a batch. @throws Refusal */
  private lineAnswer(model: string, request: Json): Json {
    checkRequest(model, request, this.signatures);
    const made = answerTo(model, request, this.signatures);
    return { ...whole(made), modelVersion: `${model}-001`, responseId: `l${made.usage.totalTokenCount}` };
  }

  private async answer(call: GeminiCall, directives: Directives, response: ServerResponse): Promise<void> {
    const { path, body } = call;
    const [, model = '', method, query = ''] = PATH.exec(path) ?? [];
    if (!/^gem(ini|ma)-/.test(model)) throw new Refusal(404, 'NOT_FOUND', `models/${model} is not found.`);
    const stream = method === 'streamGenerateContent';
    if (stream && query !== 'alt=sse') throw new Error('a stream without alt=sse');
    checkRequest(model, body, this.signatures);
    const text = JSON.stringify(body.contents.at(-1));
    const made = answerTo(model, body, this.signatures);
    call.usage = made.usage;
    const named = { modelVersion: `${model}-001`, responseId: `r${this.calls.length}` };
    const events = text.includes('[[block]]') ? [blocked(made)] : stream ? pieces(made) : [whole(made)];
    const sent = text.includes('[[cut]]') ? events.slice(0, -1) : events;
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json; charset=UTF-8' });
    const texts = sent.map((event) => JSON.stringify({ ...event, ...named }));
    if (!stream) response.end(texts.join(''));
    else await writeEvents(eventTexts(texts, directives), directives, response);
  }
}

function* eventTexts(texts: string[], { errorAfter }: Directives): Generator<string> {
  for (const [index, text] of texts.entries()) {
    const error = { code: 500, message: 'An internal error has occurred.', status: 'INTERNAL' };
    if (index === errorAfter) return yield `data: ${JSON.stringify({ error })}\r\n\r\n`;
    yield `data: ${text}\r\n\r\n`;
  }
}

function parse(raw: Buffer): Json {
  try {
    return JSON.parse(raw.toString()) as Json;
  } catch {
    return {};
  }
}

function checkCredential(path: string, key: unknown): void {
  if (/[?&]key=/.test(path)) throw new Refusal(400, 'INVALID_ARGUMENT', 'This server takes no key in the URL.');
  if (key === undefined)
    throw new Refusal(
      403,
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity).",
    );
  if (key !== GEMINI_KEY)
    throw new Refusal(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]);
}

function candidate(parts: Json[], usage: Json, finish: object = {}): Json {
  return { candidates: [{ content: { role: 'model', parts }, ...finish, index: 0 }], usageMetadata: usage };
}

function whole({ parts, usage, ...finish }: MadeAnswer): Json {
  return candidate(parts, usage, finish);
}

function blocked({ usage: { promptTokenCount, serviceTier } }: MadeAnswer): Json {
  const usageMetadata = { promptTokenCount, totalTokenCount: promptTokenCount, serviceTier };
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata };
}

/** A word an event; the signature of a text comes in an empty part with the finish reason. */
function pieces({ parts, usage, ...finish }: MadeAnswer): Json[] {
  const events: Json[] = [];
  let count = 0;
  const push = (part: Json) => {
    count = Math.min(count + (part.functionCall ? 10 : 1), usage.candidatesTokenCount);
    events.push(candidate([part], { ...usage, candidatesTokenCount: count }));
  };
  for (const part of parts) {
    const { thoughtSignature: _signature, ...unsigned } = part;
    if (part.text === undefined) push(part);
    else for (const text of part.text.match(/\S*\s*/g).filter(Boolean)) push({ ...unsigned, text });
  }
  const last = parts.at(-1) ?? {};
  const signature = last.text === undefined ? undefined : last.thoughtSignature;
  events.push(candidate([{ text: '', ...(signature && { thoughtSignature: signature }) }], usage, finish));
  return events;
}
