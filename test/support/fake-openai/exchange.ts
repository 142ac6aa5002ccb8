import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeCall } from './call-log';
import type { Directives } from './directives';

/** The `error` member of OpenAI's error body. @see https://platform.openai.com/docs/guides/error-codes */
export interface VendorError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** OpenAI's error for a refused request; `code` is null for many of them. */
export function invalidRequest(message: string, param: string | null = null, code: string | null = null): VendorError {
  return { message, type: 'invalid_request_error', param, code };
}

const SERVER_ERROR = 'The server had an error while processing your request. Sorry about that!';

/** OpenAI's body for an error status. */
export function errorForStatus(status: number, model = 'unknown'): VendorError {
  switch (status) {
    case 400:
      return invalidRequest(
        "Unsupported value: 'temperature' does not support 9 with this model.",
        'temperature',
        'unsupported_value',
      );
    case 401:
      return invalidRequest(
        'Incorrect API key provided: sk-fake. You can find your API key at https://platform.openai.com/account/api-keys.',
        null,
        'invalid_api_key',
      );
    case 403:
      return {
        message: `Project does not have access to model \`${model}\``,
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      };
    case 404:
      return invalidRequest(
        `The model \`${model}\` does not exist or you do not have access to it.`,
        null,
        'model_not_found',
      );
    case 429:
      return {
        message: `Rate limit reached for ${model} in organization org-fake on requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in 120ms. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      };
    case 503:
      return {
        message: 'The engine is currently overloaded, please try again later.',
        type: 'server_error',
        param: null,
        code: null,
      };
    default:
      return status < 500
        ? invalidRequest(`Request refused with status ${status}.`)
        : { message: SERVER_ERROR, type: 'server_error', param: null, code: null };
  }
}

const HTML_PAGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1></body></html>';

/** One request and its response: writes, counts the bytes, detects that the client disconnects. */
export class Exchange {
  private readonly startedAt = Date.now();
  private readonly closed: Promise<void>;
  private cutByFake = false;
  private isClosed = false;
  directives: Directives = {};

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly call: FakeCall,
    readonly rawBody: Buffer,
  ) {
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.isClosed = true;
        if (!response.writableFinished && !this.cutByFake) {
          call.clientAborted = true;
          call.abortedAt = Date.now();
        }
        resolve();
      });
    });
  }

  /** True once the connection of this call is closed, by either side. */
  get gone(): boolean {
    return this.isClosed;
  }

  /** Resolves after `ms`, or at once when the connection closes. */
  async sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.isClosed) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([this.closed, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
    clearTimeout(timer);
  }

  /** Resolves when the connection closes. */
  untilClosed(): Promise<void> {
    return this.closed;
  }

  /** Runs the failures before a response. @returns true if one ended the call */
  async failEarly(): Promise<boolean> {
    const { delayMs, reset, status, errorCode, html, blank } = this.directives;
    await this.sleep(delayMs ?? 0);
    if (reset) {
      this.cutByFake = true;
      this.request.socket.resetAndDestroy();
    } else if (status !== undefined && status >= 400) {
      const error = errorForStatus(status, this.call.model);
      await this.error(status, errorCode === undefined ? error : { ...error, code: errorCode });
    } else if (blank) {
      await this.send(200, 'application/json', '');
    } else if (html) {
      await this.send(200, 'text/html; charset=UTF-8', HTML_PAGE);
    } else {
      return false;
    }
    return true;
  }

  async json(status: number, body: unknown): Promise<void> {
    if (this.directives.lose) return this.cut();
    const text = JSON.stringify(body);
    await this.send(status, 'application/json', this.directives.garbage ? text.slice(0, text.length / 2) : text);
  }

  async error(status: number, error: VendorError): Promise<void> {
    const { retryAfterSeconds } = this.directives;
    if (retryAfterSeconds !== undefined) this.response.setHeader('retry-after', String(retryAfterSeconds));
    await this.send(status, 'application/json; charset=utf-8', JSON.stringify({ error }, null, 2));
  }

  async send(status: number, contentType: string, body: string | Buffer): Promise<void> {
    const bytes = Buffer.from(body);
    const { cutAfter, ttftMs = 0 } = this.directives;
    this.head(status, { 'content-type': contentType, 'content-length': String(bytes.length) });
    if (ttftMs > 0) {
      this.response.flushHeaders();
      await this.sleep(ttftMs);
    }
    if (cutAfter !== undefined && status < 400) {
      await this.write(bytes.subarray(0, bytes.length >> 1));
      this.cut();
      return;
    }
    await this.write(bytes);
    this.response.end();
  }

  async startStream(): Promise<void> {
    this.head(this.directives.status ?? 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
    this.response.flushHeaders();
    await this.sleep(this.directives.ttftMs ?? 0);
  }

  /** Resolves when the operating system has accepted the bytes, so a slow reader slows the vendor down. */
  async write(bytes: string | Buffer): Promise<void> {
    if (this.isClosed) return;
    const written = new Promise<void>((resolve) => this.response.write(bytes, () => resolve()));
    this.call.bytesSent += Buffer.byteLength(bytes);
    await Promise.race([written, this.closed]);
  }

  end(): void {
    this.response.end();
  }

  /** Breaks the connection on the fake's side. */
  cut(): void {
    this.cutByFake = true;
    this.request.socket.destroy();
  }

  private head(status: number, headers: Record<string, string>): void {
    this.call.status = status;
    if (this.isClosed) return;
    this.response.writeHead(status, {
      'openai-organization': 'org-fake',
      'openai-version': '2020-10-01',
      'openai-processing-ms': String(Date.now() - this.startedAt),
      'x-request-id': `req_${randomBytes(16).toString('hex')}`,
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': '6ms',
      ...headers,
      ...this.directives.headers,
    });
  }
}
