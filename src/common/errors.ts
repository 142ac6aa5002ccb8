import { ERROR_TABLE, type ErrorCode, FINAL_CODES } from './error-table';

/** What is known of a call that failed: for the log, and for the headers of its response. */
export interface CallFacts {
  /** The provider of the last attempt. */
  provider?: string | undefined;
  /** The name that callers use. */
  model?: string | undefined;
  upstreamModel?: string | undefined;
  /** The HTTP status of the upstream. */
  upstreamStatus?: number | undefined;
  attempts?: number | undefined;
  /** Whether an upstream has charged for the call all the same. A repeat would be charged again. */
  charged?: boolean | undefined;
  /** What the cache did, as in `x-cache-status`. */
  cacheStatus?: string | undefined;
}

/** Details of a {@link GatewayError} in addition to its code. */
export interface GatewayErrorDetails {
  /** A sentence for the caller: the problem and what to do. Default: the message of the table. */
  message?: string;
  /** The invalid member of the request, in dotted form (`messages.0.role`). */
  param?: string | null;
  /** Seconds to wait before the next request; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** Whether no repeat of the request can succeed. Default: whether the code is one of {@link FINAL_CODES}. */
  isFinal?: boolean;
  /** Status, type and code of an upstream's error, which replace those of the table. */
  upstream?: { status: number; type: string; code: string | null };
  /** Further members of the error object, such as the limit that was reached. */
  members?: Record<string, string | number | null>;
  /** For the log and the headers; not in the body. */
  facts?: CallFacts;
  cause?: unknown;
}

/** The error type of all services. Its code decides status and type, see {@link ERROR_TABLE}. */
export class GatewayError extends Error {
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;
  readonly facts: CallFacts;
  private readonly members: GatewayErrorDetails['members'];
  private readonly upstream: GatewayErrorDetails['upstream'];
  private readonly isUnmendable: boolean;

  constructor(
    readonly code: ErrorCode,
    details: GatewayErrorDetails = {},
  ) {
    super(
      details.message ?? ERROR_TABLE[code].message,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'GatewayError';
    this.param = details.param ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? ERROR_TABLE[code].retryAfterSeconds;
    this.isUnmendable = details.isFinal ?? FINAL_CODES.has(details.upstream?.code ?? code);
    this.facts = details.facts ?? {};
    this.members = details.members;
    this.upstream = details.upstream;
  }

  /** Whether the request is not to be repeated: no repeat can succeed, or each is charged. Becomes `x-should-retry: false`. */
  get isFinal(): boolean {
    return this.isUnmendable || this.facts.charged === true;
  }

  get status(): number {
    return this.upstream?.status ?? ERROR_TABLE[this.code].status;
  }

  /** The error for an endpoint to render in its API's shape. */
  toApiError(): StatedError {
    return { status: this.status, ...this.toBody().error };
  }

  /** The error body for callers, in OpenAI's shape. @see https://platform.openai.com/docs/guides/error-codes */
  toBody(): ErrorBody {
    const { type } = this.upstream ?? ERROR_TABLE[this.code];
    return {
      error: {
        message: this.message,
        type,
        param: this.param,
        code: this.upstream ? this.upstream.code : this.code,
        ...this.members,
      },
    };
  }
}

/** An error with its status, before an API's own shape. */
export type StatedError = ErrorBody['error'] & { status: number };

export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}
