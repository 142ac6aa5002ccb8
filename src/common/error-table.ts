interface ErrorRow {
  status: number;
  type: string;
  message: string;
  retryAfterSeconds?: number;
}

const row = (status: number, type: string, message: string, retryAfterSeconds?: number): ErrorRow => ({
  status,
  type,
  message,
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});

/** The HTTP status, OpenAI error type and default message of each code. */
export const ERROR_TABLE = {
  invalid_request: row(400, 'invalid_request_error', 'The request is not valid.'),
  invalid_json: row(
    400,
    'invalid_request_error',
    'The request body is not valid JSON, or has a member named __proto__ or constructor.prototype.',
  ),
  invalid_api_key: row(
    401,
    'invalid_request_error',
    'Incorrect API key provided. Send a key that your gateway administrator issued as "Authorization: Bearer sk-tg-…".',
  ),
  budget_exceeded: row(402, 'budget_exceeded', 'A budget of this key or its team is used up.'),
  forbidden: row(403, 'permission_error', 'This key may not use this route.'),
  model_not_allowed: row(403, 'permission_error', 'This key may not use this model.'),
  cache_control_not_allowed: row(403, 'permission_error', 'This key may not use this cache control.'),
  not_found: row(404, 'invalid_request_error', 'There is nothing at this address.'),
  model_not_found: row(
    404,
    'invalid_request_error',
    'This gateway does not serve this model. GET /v1/models lists those it serves.',
  ),
  method_not_allowed: row(405, 'invalid_request_error', 'This address does not take this method.'),
  conflict: row(409, 'invalid_request_error', 'The state of the resource does not allow this.'),
  idempotency_key_reused: row(
    400,
    'idempotency_error',
    'This Idempotency-Key belongs to another request: method, path and body must be the same. Use a new key.',
  ),
  idempotency_result_unknown: row(
    409,
    'idempotency_error',
    'The result of the first call with this Idempotency-Key is unknown. Use a new key.',
  ),
  precondition_failed: row(
    412,
    'invalid_request_error',
    'This has changed since you read it: the ETag in If-Match is an old one. Load it again, and repeat the change.',
  ),
  request_too_large: row(413, 'invalid_request_error', 'The request body is too large.'),
  unsupported_media_type: row(
    415,
    'invalid_request_error',
    'Send the body as application/json, a file as multipart/form-data.',
  ),
  unsupported_parameter: row(422, 'invalid_request_error', 'A parameter is not supported by this model.'),
  rate_limit_exceeded: row(429, 'rate_limit_error', 'The rate limit of this key is reached.', 1),
  budget_reserved: row(
    429,
    'rate_limit_error',
    'Running calls hold what is left of a budget of this key or its team. Try again shortly.',
    1,
  ),
  internal_error: row(
    500,
    'server_error',
    'The gateway failed to process the request. The request id helps to find the cause.',
  ),
  upstream_error: row(502, 'upstream_error', 'The provider failed to respond.'),
  unavailable: row(503, 'server_error', 'The gateway cannot take calls right now. Try again shortly.', 5),
  cache_only_miss: row(
    504,
    'invalid_request_error',
    'No cached response exists, and only-if-cached forbids a call to the provider.',
  ),
  upstream_timeout: row(504, 'upstream_error', 'The provider did not respond in time.'),
} satisfies Record<string, ErrorRow>;

/** The code of each kind of error; also the `code` in the error body. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/**
 * Codes, also of providers' errors, that no repeat mends. OpenAI's clients repeat such a status by themselves, unless
 * `x-should-retry` says false.
 */
export const FINAL_CODES: ReadonlySet<string> = new Set([
  'conflict',
  'precondition_failed',
  'idempotency_result_unknown',
  'cache_only_miss',
  'upstream_auth',
  'upstream_billing',
]);
