import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IssuedTurns } from './conversation-check';
import { eventsOf } from './events';
import { type CachedPrefixes, messageFor, promptOf } from './message';
import { Refusal } from './refusal';
import { checkRequest } from './request-check';

/** A call as it came, and how it was answered. */
export interface AnthropicCall {
  headers: IncomingMessage['headers'];
  body: any;
  status: number;
  /** Why it was refused; undefined for an answer. */
  refusal?: string;
  usage?: any;
  /** How many blocks of thinking it left out, because the messages before them had changed. */
  leftOut?: number;
}

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/**
 * Anthropic's messages API as its clients see it: it refuses what the vendor refuses, answers equal requests equally, and keeps
 * a log. Markers in a prompt steer it: `[[claude-status=529]]`, `[[error-in-stream]]`, `[[cut]]`, `[[refuse]]`, `[[stop=max_tokens]]`,
 * `[[call=get_weather,get_time*3]]` (these tools, in three rounds).
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export class FakeAnthropic {
  readonly calls: AnthropicCall[] = [];
  private readonly issued: IssuedTurns = new Map();
  private readonly cached: CachedPrefixes = new Set();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeAnthropic> {
    const server = createServer();
    const fake = new FakeAnthropic(server);
    server.on('request', (request, response) => void fake.serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  /** Without `/v1`, as in Anthropic's SDK. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The calls that contain a text, in their order. */
  callsOf(text: string): AnthropicCall[] {
    return this.calls.filter(({ body }) => JSON.stringify(body).includes(text));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const call: AnthropicCall = { headers: request.headers, body: JSON.parse(text), status: 200 };
    this.calls.push(call);
    try {
      this.answer(call, request, response);
    } catch (error) {
      const { status, type, message } = error instanceof Refusal ? error : new Refusal(500, 'api_error', String(error));
      Object.assign(call, { status, refusal: message });
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '1' }) });
      response.end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_fake' }));
    }
  }

  private answer(call: AnthropicCall, { headers, url }: IncomingMessage, response: ServerResponse): void {
    const { body } = call;
    if (url === '/v1/messages/count_tokens') return this.count(call, response);
    if (url !== '/v1/messages') throw new Refusal(404, 'not_found_error', `Not found: ${url}`);
    if (!headers['x-api-key']) throw new Refusal(401, 'authentication_error', 'x-api-key header is required');
    if (!headers['anthropic-version']) throw new Refusal(400, 'invalid_request_error', 'anthropic-version: required');
    const { facts, leftOut } = checkRequest(body, String(headers['anthropic-beta'] ?? ''), this.issued);
    call.leftOut = leftOut;
    const wanted = Number(/\[\[claude-status=(\d+)\]\]/.exec(promptOf(body))?.[1] ?? 200);
    if (wanted !== 200) throw new Refusal(wanted, TYPES[wanted] ?? 'api_error', `As you wish: ${wanted}`);
    const message = messageFor(body, facts, this.cached);
    const thoughts = message.content.filter(({ type }: any) => /thinking/.test(type));
    for (const { type, id } of message.content) if (type === 'tool_use') this.issued.set(id, thoughts);
    call.usage = message.usage;
    if (body.stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_fake' });
      response.end(JSON.stringify(message));
    } else this.stream(message, promptOf(body), response);
  }

  /** Refuses what a count does not take. @see https://platform.claude.com/docs/en/api/messages-count-tokens */
  private count({ body }: AnthropicCall, response: ServerResponse): void {
    const unknown = ['max_tokens', 'stream', 'metadata'].find((name) => name in body);
    if (unknown) throw new Refusal(400, 'invalid_request_error', `${unknown}: Extra inputs are not permitted`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ input_tokens: JSON.stringify(body.messages).length }));
  }

  private stream(message: any, prompt: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_fake' });
    const write = (event: any) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    for (const event of eventsOf(message)) {
      if (event.type === 'message_delta' && prompt.includes('[[cut]]')) break;
      if (event.type === 'content_block_stop' && prompt.includes('[[error-in-stream]]')) {
        write({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
        break;
      }
      write(event);
    }
    response.end();
  }
}
