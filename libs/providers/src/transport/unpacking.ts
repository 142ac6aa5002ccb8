import { type Dispatcher, interceptors } from 'undici';

/** Statuses below it announce the response. */
const FINAL = 200;

/**
 * Unpacks responses that are compressed though no request asks for it, errors too. All others pass: undici's own interceptor stands
 * in the way of each piece of each response.
 *
 * @see https://undici.nodejs.org/#/docs/api/Dispatcher?id=decompress
 */
export const unpacking: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new Unpacking(handler));

class Unpacking implements Dispatcher.DispatchHandler {
  /** The handler itself, or what unpacks for it. */
  #next: Dispatcher.DispatchHandler;

  constructor(private readonly handler: Dispatcher.DispatchHandler) {
    this.#next = handler;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#next.onRequestStart?.(controller, context);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[]>,
    statusText?: string,
  ): void {
    if (headers['content-encoding'] !== undefined && status >= FINAL) {
      this.#next = unpackingFor(this.handler);
      // It gives the handler a controller of its own.
      this.#next.onRequestStart?.(controller, undefined);
    }
    this.#next.onResponseStart?.(controller, status, headers, statusText);
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#next.onResponseData?.(controller, piece);
  }

  onResponseEnd(controller: Dispatcher.DispatchController, trailers: Record<string, string | string[]>): void {
    this.#next.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#next.onResponseError?.(controller, error);
  }
}

/** The handler that undici's interceptor puts before another one. */
function unpackingFor(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  let unpacked = handler;
  const keep: Dispatcher.Dispatch = (_options, next) => {
    unpacked = next;
    return true;
  };
  interceptors.decompress({ skipErrorResponses: false })(keep)({ path: '/', method: 'GET' }, handler);
  return unpacked;
}
