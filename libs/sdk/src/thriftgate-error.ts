/** The details of a failed call. */
export interface ThriftgateErrorDetails {
  /** HTTP status; 200 for a stream that broke off. */
  status: number;
  /** The error code, for example `model_not_found`. */
  code: string | null;
  /** OpenAI's error type, for example `invalid_request_error`. */
  type: string | null;
  /** The invalid member of the request, in dotted form. */
  param: string | null;
  /** The id of the call in the gateway's ledger and logs. */
  requestId: string | null;
  /** Seconds to wait before another attempt. */
  retryAfterSeconds: number | null;
}

/** An error response of the gateway or of a provider. Network failures are thrown as `fetch` throws them. */
export class ThriftgateError extends Error implements ThriftgateErrorDetails {
  readonly status: number;
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(message: string, details: ThriftgateErrorDetails) {
    super(message);
    this.name = 'ThriftgateError';
    this.status = details.status;
    this.code = details.code;
    this.type = details.type;
    this.param = details.param;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The error in a response's body or in an event of a stream; for another shape of body, an error with its status. */
  static from(response: Response, body: unknown): ThriftgateError {
    const error = memberOf(body, 'error');
    const message = text(memberOf(error, 'message')) ?? `The gateway returned HTTP ${response.status}.`;
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new ThriftgateError(message, {
      status: response.status,
      code: text(memberOf(error, 'code')),
      type: text(memberOf(error, 'type')),
      param: text(memberOf(error, 'param')),
      requestId: response.headers.get('x-request-id'),
      retryAfterSeconds: Number.isFinite(retryAfterSeconds) ? retryAfterSeconds : null,
    });
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
