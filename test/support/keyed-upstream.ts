import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How the upstream answers calls with a key. */
export interface KeyRule {
  status?: number;
  headers?: Record<string, string>;
  delayMs?: number;
  /** The error's code and message in OpenAI's shape. */
  error?: { code: string; message: string };
}

/** OpenAI's chat completions and list of models, answered by the key of the request. A key without a rule works. */
export class KeyedUpstream {
  readonly rules = new Map<string, KeyRule>();
  /** The key of each chat completion, in order of arrival. */
  readonly keys: string[] = [];
  /** Method and path of each request. */
  readonly paths: string[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<KeyedUpstream> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new KeyedUpstream(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.paths.push(`${request.method} ${request.url}`);
    const isChat = request.url?.startsWith('/v1/chat/completions');
    if (isChat) this.keys.push(key);
    const { status = 200, headers = {}, delayMs = 0, error } = this.rules.get(key) ?? {};
    if (delayMs > 0) await delay(delayMs);
    const body =
      status === 200
        ? isChat
          ? completion(JSON.parse(text).model)
          : { object: 'list', data: [{ id: 'm' }, { id: 'n' }] }
        : { error: { type: 'error', param: null, code: 'refused', message: 'No.', ...error } };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }
}

function completion(model: string) {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_763_856_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'OK' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  };
}
