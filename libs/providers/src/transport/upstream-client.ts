import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { IncomingResponse, type BodySource } from './incoming-response';
import type { HttpRequest } from '../translator';
import { unpacking } from './unpacking';
import {
  UpstreamTransportError,
  type TransportFailureKind,
  type SendOptions,
  type UpstreamResponse,
  type UpstreamTimeouts,
  type UpstreamTransport,
} from './upstream-transport';

export interface UpstreamClientOptions extends UpstreamTimeouts {
  /** Further requests to the origin wait for a free connection, until their signal fires. */
  maxConnectionsPerOrigin: number;
  /** The limit of `readAll`, for bytes that are unpacked. An iterated body may be longer. */
  maxReplyBytes: number;
  /** The proxy in front of upstreams, as `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name it; undefined for none. */
  proxy?: UpstreamProxy | undefined;
  /**
   * Resolves the names of upstreams for connections; undefined as the system does. Where a proxy is asked, the proxy resolves
   * them.
   */
  lookup?: LookupFunction | undefined;
  /** Sent as `User-Agent`: some vendors refuse requests without one. */
  userAgent: string;
}

/** @see https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent */
export interface UpstreamProxy {
  /** For `https:` upstreams, by a tunnel. Without it `httpProxy` is asked for them. */
  httpsProxy?: string | undefined;
  httpProxy?: string | undefined;
  /** Hosts that are asked directly, with commas between them; `*` for all. */
  noProxy: string;
}

/**
 * Sends requests over HTTP/1.1 with keep-alive connections. It unpacks compressed bodies, follows no redirects and does
 * not retry: each `send` is at most one request at the upstream.
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher?id=parameter-dispatchhandler
 */
export class UpstreamClient implements UpstreamTransport {
  readonly #options: Agent.Options;
  readonly #proxy: UpstreamProxy | undefined;
  readonly #maxReplyBytes: number;
  readonly #userAgent: string;
  readonly #totalTimeoutMs: number;
  readonly #draining = new Set<Connections>();
  #connections: Connections;
  #target: { url: string; origin: string; path: string } | undefined;

  constructor(options: UpstreamClientOptions) {
    this.#maxReplyBytes = options.maxReplyBytes;
    this.#userAgent = options.userAgent;
    this.#totalTimeoutMs = options.totalTimeoutMs;
    this.#options = {
      connect: { timeout: options.connectTimeoutMs, ...(options.lookup && { lookup: options.lookup }) },
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      connections: options.maxConnectionsPerOrigin,
      pipelining: 1,
      allowH2: false,
    };
    this.#proxy = options.proxy;
    this.#connections = new Connections(this.#options, this.#proxy);
  }

  send(request: HttpRequest, { signal, timeouts }: SendOptions = {}): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      const { method, body } = request;
      const headers = { 'user-agent': this.#userAgent, ...request.headers, ...lengthHeader(body) };
      const { origin, path } = this.#targetOf(request.url);
      const exchange = new Exchange(resolve, reject, signal, this.#maxReplyBytes, this.#connections);
      if (signal?.aborted === true) return exchange.cancel();
      exchange.limit(timeouts?.connectTimeoutMs, timeouts?.totalTimeoutMs ?? this.#totalTimeoutMs);
      const message = {
        origin,
        path,
        method,
        headers,
        body: method === 'GET' ? null : bodyOf(body),
        ...bodyTimeouts(timeouts),
      };
      this.#connections.dispatcher.dispatch(message, exchange);
    });
  }

  /**
   * Closes the connections when their running requests have ended. Attempts that still hold this client may send further
   * requests; these get new connections, which close when they are idle.
   */
  async drain(): Promise<void> {
    const connections = this.#connections;
    this.#connections = new Connections(this.#options, this.#proxy);
    this.#draining.add(connections);
    await connections.close();
    this.#draining.delete(connections);
  }

  /** Aborts the running requests and closes all connections. */
  async close(): Promise<void> {
    await Promise.all([this.#connections, ...this.#draining].map(({ agent }) => agent.destroy()));
  }

  /** Parses a URL once for consecutive requests to it. */
  #targetOf(url: string): { origin: string; path: string } {
    if (this.#target?.url !== url) {
      const { origin, pathname, search } = new URL(url);
      this.#target = { url, origin, path: pathname + search };
    }
    return this.#target;
  }
}

/** A longer timer would end at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The connections of an UpstreamClient, with the number of their running requests. */
class Connections {
  readonly dispatcher: Dispatcher;
  readonly agent: Dispatcher;
  #running = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: Agent.Options, proxy: UpstreamProxy | undefined) {
    this.agent = proxy ? new EnvHttpProxyAgent({ ...options, ...proxy, proxyTunnel: false }) : new Agent(options);
    this.dispatcher = this.agent.compose(unpacking);
  }

  begin(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Waits for the running requests. undici's `close` waits too, but `destroy` has no effect during that wait. */
  async close(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((idle) => (this.#onIdle = idle));
    // The agent rejects where it is destroyed already.
    await this.agent.close().catch(() => undefined);
  }
}

/** One request and its response, driven by undici's dispatch events; undici's streams cost more per request. */
class Exchange implements Dispatcher.DispatchHandler, BodySource {
  #controller: Dispatcher.DispatchController | undefined;
  #response: IncomingResponse | undefined;
  #over = false;
  #connectTimer: NodeJS.Timeout | undefined;
  #totalTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly resolve: (response: UpstreamResponse) => void,
    private readonly reject: (error: Error) => void,
    private readonly signal: SendOptions['signal'] | undefined,
    private readonly maxReplyBytes: number,
    private readonly connections: Connections,
  ) {
    connections.begin();
    signal?.addEventListener('abort', this.cancel);
  }

  /** @param connectMs undefined leaves it to undici's connections */
  limit(connectMs: number | undefined, totalMs: number): void {
    if (connectMs !== undefined) this.#connectTimer = this.#failAfter(connectMs, 'connect', 'No connection in time.');
    this.#totalTimer = this.#failAfter(totalMs, 'total_timeout', 'The response was not complete in time.');
  }

  #failAfter(ms: number, kind: TransportFailureKind, message: string): NodeJS.Timeout {
    const fail = () => this.abort(new UpstreamTransportError(kind, message, this.#controller !== undefined));
    return setTimeout(fail, Math.min(ms, LONGEST_TIMER_MS));
  }

  /** undici calls this just before it writes the request; until then nothing is sent. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    clearTimeout(this.#connectTimer);
    if (this.#over) controller.abort(new Error('The request was cancelled before it was sent.'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#response = new IncomingResponse(status, headers, this, this.maxReplyBytes);
    this.resolve(this.#response);
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#response?.push(bytes);
  }

  onResponseEnd(): void {
    this.#finish();
    this.#response?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.#over) this.#fail(toTransportError(error, this.#controller !== undefined));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(error: UpstreamTransportError): void {
    if (this.#over) return;
    this.#fail(error);
    this.#controller?.abort(error);
  }

  readonly cancel = (): void => {
    this.abort(new UpstreamTransportError('aborted', 'The request was cancelled.', this.#controller !== undefined));
  };

  #fail(error: UpstreamTransportError): void {
    this.#finish();
    if (this.#response === undefined) this.reject(error);
    else this.#response.fail(error);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#connectTimer);
    clearTimeout(this.#totalTimer);
    this.connections.end();
    this.signal?.removeEventListener('abort', this.cancel);
  }
}

/** undici's members for the time-outs of one request. */
function bodyTimeouts(timeouts: Partial<UpstreamTimeouts> = {}): { headersTimeout?: number; bodyTimeout?: number } {
  const { firstByteTimeoutMs: headersTimeout, idleTimeoutMs: bodyTimeout } = timeouts;
  return { ...(headersTimeout !== undefined && { headersTimeout }), ...(bodyTimeout !== undefined && { bodyTimeout }) };
}

/** undici takes pieces from generators. */
function bodyOf(body: HttpRequest['body']): string | Readable | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : Readable.from(body, { objectMode: false });
}

/** undici knows the length of texts. */
function lengthHeader(body: HttpRequest['body']): Record<string, string> | undefined {
  return body === undefined || typeof body === 'string' ? undefined : { 'content-length': String(body.byteLength) };
}

const KIND_BY_CODE: Record<string, TransportFailureKind> = {
  UND_ERR_HEADERS_TIMEOUT: 'first_byte_timeout',
  UND_ERR_BODY_TIMEOUT: 'idle_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too_large',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
};

function toTransportError(error: Error, sent: boolean): UpstreamTransportError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Of zlib and Brotli; a body that breaks off has another code.
  const isUndecodable = /^(Z_DATA_ERROR|ERR__ERROR_FORMAT)/.test(code);
  const kind = isUndecodable ? 'undecodable' : (KIND_BY_CODE[code] ?? (sent ? 'reset' : 'connect'));
  // A host name with several addresses fails with an AggregateError, whose message is empty.
  return new UpstreamTransportError(kind, error.message || code || 'The connection failed.', sent, { cause: error });
}
