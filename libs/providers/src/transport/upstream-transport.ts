import type { HttpRequest } from '../translator';

/** The reason why a response is missing or incomplete. */
export type TransportFailureKind =
  | 'connect'
  | 'first_byte_timeout'
  | 'idle_timeout'
  | 'total_timeout'
  | 'reset'
  | 'aborted'
  | 'too_large'
  | 'undecodable';

/** How long one request to an upstream may take. */
export interface UpstreamTimeouts {
  /** Until the request is on a connection: TCP and TLS, and the wait for a free connection. */
  connectTimeoutMs: number;
  /** From the request's last byte to the response's headers. Values above one second are accurate to half a second. */
  firstByteTimeoutMs: number;
  /** Between two chunks of a body; time spent waiting for a slow reader does not count. */
  idleTimeoutMs: number;
  /** From the start to the end of the body. */
  totalTimeoutMs: number;
}

export interface SendOptions {
  /** Cancels the request at any time, also while its body is read. */
  signal?: AbortSignalLike;
  /** What differs from the transport's own time-outs. */
  timeouts?: Partial<UpstreamTimeouts> | undefined;
}

/** A request that failed below HTTP: without a status, or with an incomplete body. */
export class UpstreamTransportError extends Error {
  override readonly name = 'UpstreamTransportError';

  /** @param sent whether the upstream may have received the request, and so may charge for it */
  constructor(
    readonly kind: TransportFailureKind,
    message: string,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An upstream's response after its headers. It holds a connection until its body ends or is aborted. */
export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string | string[] | undefined>;
  /** The body, to be iterated once; leaving the loop early aborts the request. Iteration throws UpstreamTransportError. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether all of the body has come and was read: the iteration is about to end. */
  readonly isRead: boolean;
  /** The whole body, without a byte-order mark. @throws UpstreamTransportError also where it is longer than the transport allows */
  readAll(): Promise<Buffer>;
  /** Cancels the request and closes its connection. No effect after the end of the body or after {@link leave}. */
  abort(): void;
  /**
   * Discards the rest of the body, usually only its end mark, so that the connection can be reused. Closes the connection
   * where the rest takes more than a second or 64 KB.
   */
  leave(): void;
}

/** Whether a status says that the request was taken. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Whether a status says that the body is a whole answer: frameworks send 201 for each POST, proxies 203. One with 202 is yet to
 * come, one with 206 is a part.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.3
 */
export function isAnswer(status: number): boolean {
  return status === 200 || status === 201 || status === 203;
}

/**
 * The part of `AbortSignal` that transports use to cancel a request.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Carries requests to an upstream: HTTP, or the simulator in this process. */
export interface UpstreamTransport {
  /**
   * @throws UpstreamTransportError where there is no response. Any HTTP status is a response.
   */
  send(request: HttpRequest, options?: SendOptions): Promise<UpstreamResponse>;
  /** Closes idle connections and fails running requests. */
  close(): Promise<void>;
}
