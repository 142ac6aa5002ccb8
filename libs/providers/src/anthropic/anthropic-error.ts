import { isRecord, nonEmptyString, parseJson } from '../json-record';
import { toOpenAiError } from '../openai/openai-error';
import type { ProviderError, UpstreamFailure } from '../translator';

/** The status of each type of error, also of one inside a stream. @see https://platform.claude.com/docs/en/api/errors */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  timeout_error: 408,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
};
const OVERLOADED = 529;
const UNAVAILABLE = 503;
const UNAUTHORISED = 401;
const NO_CREDIT = 402;
const TIMEOUT = 408;
const GATEWAY_TIMEOUT = 504;

/** Reasons that name another status than the vendor sends: no waiting mends a spent limit, no other request a dead credential. */
const STATUS_OF_REASON: Readonly<Record<string, number>> = {
  enforced_spend_limit_reached: NO_CREDIT,
  contract_spend_limit_reached: NO_CREDIT,
  organization_on_hold: UNAUTHORISED,
  cmek_key_disabled: UNAUTHORISED,
};
const NO_CREDIT_MESSAGE = /credit balance is too low|purchase credits/i;
const TOO_LONG = /prompt is too long|exceed(s|ed)? (the )?(model's )?context (limit|window)|input is too long/i;
/** OpenAI's code. */
const TOO_LONG_CODE = 'context_length_exceeded';
const MODEL_MESSAGE = /^model:/i;

/** What an error body says. */
interface AnthropicFault {
  type: string | undefined;
  message: string | undefined;
  reason: string | undefined;
}

/**
 * An error of Anthropic with the statuses and codes that callers know from OpenAI.
 *
 * @see https://platform.claude.com/docs/en/api/errors
 */
export function toAnthropicError(failure: UpstreamFailure): ProviderError {
  const fault = readFault(failure.body);
  const status = statusOf(failure.status, fault);
  const code = codeFor(status, fault);
  const param = code === TOO_LONG_CODE ? 'messages' : null;
  const error = { type: typeFor(status), code, message: fault?.message, param };
  const body = fault === undefined ? failure.body : JSON.stringify({ error });
  const read = toOpenAiError({ ...failure, status, body });
  return status === OVERLOADED ? { ...read, status: UNAVAILABLE } : read;
}

function readFault(body: string): AnthropicFault | undefined {
  const outer = parseJson(body);
  const error = isRecord(outer) ? outer.error : undefined;
  if (!isRecord(error)) return undefined;
  const details = isRecord(error.details) ? error.details : {};
  return {
    type: nonEmptyString(error.type),
    message: nonEmptyString(error.message),
    reason: nonEmptyString(details.error_code),
  };
}

function statusOf(given: number, fault: AnthropicFault | undefined): number {
  const { type = '', message = '', reason = '' } = fault ?? {};
  const isOk = given >= 200 && given < 300;
  const status = isOk ? (ownOf(STATUS, type) ?? 500) : given;
  const named = ownOf(STATUS_OF_REASON, reason);
  if (named !== undefined) return named;
  if (status === 400 && NO_CREDIT_MESSAGE.test(message)) return NO_CREDIT;
  return status === GATEWAY_TIMEOUT ? TIMEOUT : status;
}

function codeFor(status: number, fault: AnthropicFault | undefined): string | null {
  const { message = '' } = fault ?? {};
  if ((status === 400 || status === 413) && TOO_LONG.test(message)) return TOO_LONG_CODE;
  return status === 404 && MODEL_MESSAGE.test(message) ? 'model_not_found' : null;
}

/** Callers know OpenAI's one type for requests that are wrong. */
function typeFor(status: number): string {
  return status < 500 ? 'invalid_request_error' : 'upstream_error';
}

function ownOf(table: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
