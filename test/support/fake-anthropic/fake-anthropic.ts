import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Directives, parseHeader, Script, type ScriptMatch } from '../fake-openai/directives';
import { failEarly, writeEvents } from '../vendors/faults';
import { Listener, readBody } from '../vendors/listener';
import { Batches, type BatchesAnswer } from './batches';
import type { IssuedTurns } from './conversation-check';
import { eventsOf } from './events';
import { type CachedPrefixes, messageFor, promptOf } from './message';
import { ERROR_TYPES, Refusal } from './refusal';
import { checkRequest, checkVersion } from './request-check';

/** A call as it came, and how it was answered. */
export interface AnthropicCall {
  path: string;
  headers: IncomingMessage['headers'];
  body: any;
  status: number;
  /** Why it was refused; undefined for an answer. */
  refusal?: string;
  usage?: any;
  /** How many blocks of thinking it left out, because the messages before them had changed. */
  leftOut?: number;
}

/**
 * Anthropic's messages API as its clients see it: it refuses what the vendor refuses, answers equal requests equally, and keeps
 * a log. Markers in a prompt steer it: those of `Directives`, and `[[claude-status=529]]`, `[[error-in-stream]]`, `[[cut]]`, `[[refuse]]`,
 * `[[stop=max_tokens]]`, `[[call=get_weather,get_time*3]]` (these tools, in three rounds).
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export class FakeAnthropic {
  readonly calls: AnthropicCall[] = [];
  private readonly issued: IssuedTurns = new Map();
  private readonly cached: CachedPrefixes = new Set();
  private readonly scripted = new Script(['/v1/messages']);
  readonly batches = new Batches(
    (params, beta) => this.messageOf(params, beta),
    () => this.baseUrl,
  );
  private listener: Listener | undefined;

  /** @param at where requests come from, for one that is part of another server; else a port of its own is opened */
  constructor(private readonly at?: () => string) {}

  static async start(): Promise<FakeAnthropic> {
    const fake = new FakeAnthropic();
    fake.listener = await Listener.start((...exchange) => fake.serve(...exchange));
    return fake;
  }

  /** Without `/v1`, as in Anthropic's SDK. */
  get baseUrl(): string {
    return this.at?.() ?? this.listener?.url ?? '';
  }

  /** The calls that contain a text, in their order. */
  callsOf(text: string): AnthropicCall[] {
    return this.calls.filter(({ body }) => JSON.stringify(body)?.includes(text));
  }

  /** Sets the responses to later calls. @returns a function that removes the script */
  script(directives: Directives, match?: ScriptMatch): () => void {
    return this.scripted.add(directives, match);
  }

  reset(): void {
    this.calls.length = 0;
    this.scripted.reset();
    this.batches.reset();
  }

  async stop(): Promise<void> {
    await this.listener?.stop();
  }

  async serve(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const raw = await readBody(request);
    if (!raw) return;
    const { headers } = request;
    const call: AnthropicCall = { path, headers, body: parse(raw), status: 200 };
    this.calls.push(call);
    const refuse = ({ status, type, message }: Refusal, more: Record<string, string> = {}) => {
      Object.assign(call, { status, refusal: message });
      const retry = status === 429 ? { 'retry-after': '1' } : {};
      response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_fake', ...retry, ...more });
      response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_fake' }));
    };
    const prompt = Array.isArray(call.body?.messages) ? promptOf(call.body) : '';
    const { pathname } = new URL(path, 'http://vendor');
    const directives = {
      ...this.scripted.take({ path: pathname, model: call.body?.model, prompt }),
      ...parseHeader(headers['x-fake']),
    };
    const fail = (status: number, more: Record<string, string>) =>
      refuse(new Refusal(status, ERROR_TYPES[status] ?? 'api_error', `As you wish: ${status}`), more);
    try {
      if (!headers['x-api-key'] && !headers.authorization)
        throw new Refusal(401, 'authentication_error', 'x-api-key header is required');
      if (await failEarly(directives, request, response, fail)) return;
      await this.answer(call, request.method ?? 'GET', directives, response);
    } catch (error) {
      refuse(error instanceof Refusal ? error : new Refusal(500, 'api_error', String(error)));
    }
  }

  private async answer(call: AnthropicCall, method: string, directives: Directives, response: ServerResponse) {
    const { body, headers, path } = call;
    if (path === '/v1/messages/count_tokens') return this.count(call, response);
    const batches = /^\/v1\/messages\/batches([/?].*)?$/.exec(path);
    if (batches) return sendBatches(this.batches.handle(method, batches[1] ?? '', body, betaOf(headers)), response);
    if (path.split('?')[0] !== '/v1/messages') throw new Refusal(404, 'not_found_error', `Not found: ${path}`);
    checkVersion(headers, body);
    const message = this.messageOf(body, betaOf(headers), call);
    if (body.stream === true) return this.stream(message, promptOf(body), directives, response);
    response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_fake' });
    response.end(JSON.stringify(message));
  }

  /** The message that answers a request. @throws Refusal */
  private messageOf(body: any, beta: string, call?: AnthropicCall): any {
    const { facts, leftOut } = checkRequest(body, beta, this.issued);
    const wanted = Number(/\[\[claude-status=(\d+)\]\]/.exec(promptOf(body))?.[1] ?? 200);
    if (wanted !== 200) throw new Refusal(wanted, ERROR_TYPES[wanted] ?? 'api_error', `As you wish: ${wanted}`);
    const message = messageFor(body, facts, this.cached);
    const thoughts = message.content.filter(({ type }: any) => /thinking/.test(type));
    for (const { type, id } of message.content) if (type === 'tool_use') this.issued.set(id, thoughts);
    if (call) Object.assign(call, { leftOut, usage: message.usage });
    return message;
  }

  /** Refuses what a count does not take. @see https://platform.claude.com/docs/en/api/messages-count-tokens */
  private count({ body }: AnthropicCall, response: ServerResponse): void {
    const unknown = ['max_tokens', 'stream', 'metadata'].find((name) => name in body);
    if (unknown) throw new Refusal(400, 'invalid_request_error', `${unknown}: Extra inputs are not permitted`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ input_tokens: JSON.stringify(body.messages).length }));
  }

  private async stream(message: any, prompt: string, directives: Directives, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'request-id': 'req_fake' });
    await writeEvents(textsOf(message, prompt, directives), directives, response);
  }
}

function* textsOf(message: any, prompt: string, { errorAfter }: Directives): Generator<string> {
  const textOf = (event: any) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  let sent = 0;
  for (const event of eventsOf(message)) {
    if (event.type === 'message_delta' && prompt.includes('[[cut]]')) return;
    const isMarked = event.type === 'content_block_stop' && prompt.includes('[[error-in-stream]]');
    if (isMarked || sent === errorAfter)
      return yield textOf({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    yield textOf(event);
    sent += 1;
  }
}

function sendBatches({ json, lines }: BatchesAnswer, response: ServerResponse): void {
  const contentType = lines === undefined ? 'application/json' : 'application/x-jsonl';
  response.writeHead(200, { 'content-type': contentType, 'request-id': 'req_fake' });
  response.end(lines ?? JSON.stringify(json));
}

function parse(raw: Buffer): any {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return undefined;
  }
}

function betaOf(headers: IncomingMessage['headers']): string {
  return String(headers['anthropic-beta'] ?? '');
}
