import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, type MadeAnswer } from './gemini-answers';
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
const STATUS = /\[\[status=(\d{3})\]\]/;
const ERRORS: Record<string, [string, string, unknown[]?]> = {
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
 * it got. Markers in the last text of the user steer it: `[[status=503]]`, `[[finish=SAFETY]]`, `[[block]]`, `[[cut]]`, `[[parallel]]`,
 * `[[rounds=3]]`, `[[no-ids]]`.
 */
export class GeminiServer {
  readonly calls: GeminiCall[] = [];
  private readonly signatures = new Set<string>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.receive(request, response));
  }

  static async start(): Promise<GeminiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GeminiServer(server);
  }

  /** As GEMINI_BASE_URL, without `/v1beta`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get last(): GeminiCall {
    const call = this.calls.at(-1);
    if (!call) throw new Error('no call has reached Gemini');
    return call;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url = '', headers } = request;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
    const call: GeminiCall = { path: url, headers, body, status: 200, usage: undefined };
    this.calls.push(call);
    try {
      this.answer(call, response);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      call.status = error.httpStatus;
      const { httpStatus: code, status, message, details } = error;
      response.writeHead(code, { 'content-type': 'application/json; charset=UTF-8' });
      response.end(JSON.stringify({ error: { code, message, status, ...(details.length > 0 && { details }) } }));
    }
  }

  private answer(call: GeminiCall, response: ServerResponse): void {
    const { path, headers, body } = call;
    const [, model = '', method, query = ''] = PATH.exec(path) ?? [];
    checkCredential(path, headers['x-goog-api-key']);
    if (!/^gem(ini|ma)-/.test(model)) throw new Refusal(404, 'NOT_FOUND', `models/${model} is not found.`);
    const stream = method === 'streamGenerateContent';
    if (stream && query !== 'alt=sse') throw new Error('a stream without alt=sse');
    checkRequest(model, body, this.signatures);
    const text = JSON.stringify(body.contents.at(-1));
    const [, asked] = STATUS.exec(text) ?? [];
    if (asked !== undefined) {
      const [status = 'INTERNAL', message = '', details] = ERRORS[asked] ?? [];
      throw new Refusal(Number(asked), status, message, details);
    }
    const made = answerTo(model, body, this.signatures);
    call.usage = made.usage;
    const named = { modelVersion: `${model}-001`, responseId: `r${this.calls.length}` };
    const events = text.includes('[[block]]') ? [blocked(made)] : stream ? pieces(made) : [whole(made)];
    const sent = text.includes('[[cut]]') ? events.slice(0, -1) : events;
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json; charset=UTF-8' });
    for (const event of sent) {
      const json = JSON.stringify({ ...event, ...named });
      response.write(stream ? `data: ${json}\r\n\r\n` : json);
    }
    response.end();
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

function candidate(parts: Json[], usage: Json, finishReason?: string): Json {
  const finish = finishReason === undefined ? {} : { finishReason };
  return { candidates: [{ content: { role: 'model', parts }, ...finish, index: 0 }], usageMetadata: usage };
}

function whole({ parts, usage, finishReason }: MadeAnswer): Json {
  return candidate(parts, usage, finishReason);
}

function blocked({ usage: { promptTokenCount, serviceTier } }: MadeAnswer): Json {
  const usageMetadata = { promptTokenCount, totalTokenCount: promptTokenCount, serviceTier };
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata };
}

/** A word an event; the signature of a text comes in an empty part with the finish reason. */
function pieces({ parts, usage, finishReason }: MadeAnswer): Json[] {
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
  events.push(candidate([{ text: '', ...(signature && { thoughtSignature: signature }) }], usage, finishReason));
  return events;
}
