import { Agent, type Dispatcher } from 'undici';
import { IncomingResponse, type BodySource } from './incoming-response';
import type { UpstreamRequest } from '../translator';
import {
  UpstreamTransportError,
  type TransportFailureKind,
  type AbortSignalLike,
  type UpstreamResponse,
  type UpstreamTransport,
} from './upstream-transport';

export interface UpstreamClientOptions {
  /** TCP and TLS together. */
  connectTimeoutMs: number;
  /** From the request's last byte to the answer's headers. Above one second it is kept to within half a second. */
  firstByteTimeoutMs: number;
  /** Between two pieces of a body; a reader that is behind does not count against the upstream. */
  idleTimeoutMs: number;
  /** More calls than that to one origin wait for a free connection; only the signal of a call ends its waiting. */
  maxConnectionsPerOrigin: number;
  /** How much `readAll` takes. A body that is iterated may be longer. */
  maxReplyBytes: number;
}

/**
 * Sends requests over HTTP/1.1 and keeps the connections for the next ones. It follows no redirects, decodes no
 * content encoding and retries nothing: each `send` is at most one request at the upstream.
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher?id=parameter-dispatchhandler
 */
export class UpstreamClient implements UpstreamTransport {
  readonly #agent: Agent;
  readonly #maxReplyBytes: number;
  #target: { url: string; origin: string; path: string } | undefined;

  constructor(options: UpstreamClientOptions) {
    this.#maxReplyBytes = options.maxReplyBytes;
    this.#agent = new Agent({
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.idleTimeoutMs,
      connections: options.maxConnectionsPerOrigin,
      pipelining: 1,
      allowH2: false,
    });
  }

  send(request: UpstreamRequest, options: { signal?: AbortSignalLike } = {}): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(resolve, reject, options.signal, this.#maxReplyBytes);
      if (options.signal?.aborted === true) return exchange.giveUp();
      const { method, headers, body } = request;
      const { origin, path } = this.#targetOf(request.url);
      this.#agent.dispatch({ origin, path, method, headers, body }, exchange);
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** Most calls go where the last one went. */
  #targetOf(url: string): { origin: string; path: string } {
    if (this.#target?.url !== url) {
      const { origin, pathname, search } = new URL(url);
      this.#target = { url, origin, path: pathname + search };
    }
    return this.#target;
  }
}

/** One request and its answer, driven by undici's events. Below undici's own streams, to spare their cost per call. */
class Exchange implements Dispatcher.DispatchHandler, BodySource {
  #controller: Dispatcher.DispatchController | undefined;
  #response: IncomingResponse | undefined;
  #over = false;

  constructor(
    private readonly resolve: (response: UpstreamResponse) => void,
    private readonly reject: (error: Error) => void,
    private readonly signal: AbortSignalLike | undefined,
    private readonly maxReplyBytes: number,
  ) {
    signal?.addEventListener('abort', this.giveUp);
  }

  /** Called just before the request is written; until then nothing has gone out. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('The call was given up before it was sent.'));
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

  readonly giveUp = (): void => {
    this.abort(new UpstreamTransportError('aborted', 'The call was given up.', this.#controller !== undefined));
  };

  #fail(error: UpstreamTransportError): void {
    this.#finish();
    if (this.#response === undefined) this.reject(error);
    else this.#response.fail(error);
  }

  #finish(): void {
    this.#over = true;
    this.signal?.removeEventListener('abort', this.giveUp);
  }
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
  const kind = KIND_BY_CODE[code] ?? (sent ? 'reset' : 'connect');
  // A name that resolves to several addresses fails with an AggregateError, whose message is empty.
  return new UpstreamTransportError(kind, error.message || code || 'The connection failed.', sent, { cause: error });
}
