/** What the gateway said about a call that failed. */
export interface ThriftgateErrorDetails {
  /** HTTP status; 200 for a stream that broke after it had begun. */
  status: number;
  /** A name for the kind of failure, as `model_not_found`. */
  code: string | null;
  /** OpenAI's error type, as `invalid_request_error`. */
  type: string | null;
  /** The request member that is wrong, in dotted form. */
  param: string | null;
  /** Names the call in the gateway's ledger and logs. */
  requestId: string | null;
  /** Seconds after which a new try makes sense. */
  retryAfterSeconds: number | null;
}

/** The gateway, or a provider behind it, refused or failed. Failures of the network stay those of `fetch`. */
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

  /** The error in an answer's body, or in an event of a stream; a body of any other shape is named by its status. */
  static from(response: Response, body: unknown): ThriftgateError {
    const error = memberOf(body, 'error');
    const message = text(memberOf(error, 'message')) ?? `The gateway answered ${response.status}.`;
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
