import type { UpstreamRequest } from '../translator';

/** Why there is no answer, or no whole one. */
export type TransportFailureKind =
  'connect' | 'first_byte_timeout' | 'idle_timeout' | 'reset' | 'aborted' | 'too_large';

/** A call that failed below HTTP: no status came, or the body broke off. */
export class UpstreamTransportError extends Error {
  override readonly name = 'UpstreamTransportError';

  /** @param sent whether the upstream may have got the request, and so may charge for it. */
  constructor(
    readonly kind: TransportFailureKind,
    message: string,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An upstream's answer whose headers are here. It holds a connection until its body is read to the end or aborted. */
export interface UpstreamResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string | string[] | undefined>;
  /** The body as it comes; leaving the loop early aborts the call. Iterating throws UpstreamTransportError. To be read once. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body. @throws UpstreamTransportError also when it is longer than the transport allows. */
  readAll(): Promise<Buffer>;
  /** Gives the call up and closes its connection. Without effect once the body has ended or was left. */
  abort(): void;
  /**
   * Nothing more is wanted of the body, which has said all: the rest of it, mostly the mark that it has ended, is waited for
   * and thrown away, so that the connection can be used again. It is closed where that takes a second or 64 KB.
   */
  leave(): void;
}

/**
 * Says that nobody waits any more. An `AbortSignal` is one; what makes one for each call may have something lighter: Node's
 * own costs more than all else that a call needs to be given up.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What carries requests to an upstream: HTTP, or the simulator in this process. */
export interface UpstreamTransport {
  /**
   * @param options.signal gives the call up at any time, the body included.
   * @throws UpstreamTransportError when no answer came. Any HTTP status is an answer.
   */
  send(request: UpstreamRequest, options?: { signal?: AbortSignalLike }): Promise<UpstreamResponse>;
  /** Ends idle connections, and fails calls that still run. */
  close(): Promise<void>;
}
