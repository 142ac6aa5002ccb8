import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';
import { toOpenAiError } from '../openai/openai-error';
import type { ProviderError, UpstreamFailure } from '../translator';

/** A vendor's error, and what it means in HTTP and in the gateway's words. */
interface Meaning {
  status: number;
  code?: string;
  param?: string;
  /** Overrides what the status says of further attempts. */
  further?: Pick<ProviderError, 'retryable' | 'elsewhere'>;
}

/** Status for names without one, inside a stream or a response with 200. @see https://ai.google.dev/gemini-api/docs/troubleshooting */
const STATUS_OF: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 502,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Not this key, and no waiting mends it soon. */
const SET_ASIDE = { retryable: false, elsewhere: true };
const TOO_LONG = /input token count|exceeds the maximum number of (input )?tokens|context window/i;
const REGION = /location is not supported|not available in your (country|region)/i;
const BILLING = /billing|prepay|payment/i;
/** The usual 429 tells to look at "billing details". */
const NO_CREDIT = /prepay|credits? .*(depleted|exhausted)/i;
/** A quota of the day, or a model that the account's plan does not have at all. */
const USED_UP = /PerDay|limit: 0\b/i;
const BAD_KEY = /api[_ ]key[_ ](not[_ ]valid|invalid|expired|not found)|API_KEY_INVALID|API key expired/i;
const GATEWAY_TIMEOUT = 504;
/** What {@link toOpenAiError} takes as a time-out. */
const REQUEST_TIMEOUT = 408;

/**
 * Converts an error of Gemini's API, which may be the only element of a list. Bodies in no such shape are read as those of
 * any other upstream.
 *
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://cloud.google.com/apis/design/errors
 */
export function toGeminiError(failure: UpstreamFailure): ProviderError {
  const error = errorIn(failure.body);
  if (error === undefined || failure.status === 0) return toOpenAiError(asTimeout(failure));
  const { status, code = null, param = null, further } = meaningOf(failure.status, error);
  const body = JSON.stringify({ error: { message: error.message, type: 'invalid_request_error', code, param } });
  const converted = toOpenAiError(asTimeout({ ...failure, status, body }));
  // The delay that comes with a quota of the day is one of a minute's quota.
  const retryAfterMs = further ? undefined : (delayIn(error) ?? converted.retryAfterMs);
  return { ...converted, ...further, retryAfterMs };
}

function asTimeout(failure: UpstreamFailure): UpstreamFailure {
  return failure.status === GATEWAY_TIMEOUT ? { ...failure, status: REQUEST_TIMEOUT } : failure;
}

function errorIn(body: string): JsonRecord | undefined {
  const parsed = parseJson(body);
  const outer: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  return isRecord(outer) && isRecord(outer.error) ? outer.error : undefined;
}

function meaningOf(httpStatus: number, error: JsonRecord): Meaning {
  const status = httpStatus >= 200 && httpStatus < 300 ? statusOf(error) : httpStatus;
  const words = `${String(error.message)} ${JSON.stringify(error.details ?? [])}`;
  if (status === 400) return badRequest(words);
  if (status === 403 && BILLING.test(words)) return { status: 402 };
  if (status === 429 && NO_CREDIT.test(words)) return { status: 402 };
  if (status === 429 && USED_UP.test(words)) return { status, further: SET_ASIDE };
  return { status };
}

function badRequest(words: string): Meaning {
  if (BAD_KEY.test(words)) return { status: 401 };
  if (BILLING.test(words)) return { status: 402 };
  if (REGION.test(words)) return { status: 502, further: SET_ASIDE };
  if (TOO_LONG.test(words)) return { status: 400, code: 'context_length_exceeded', param: 'messages' };
  return { status: 400 };
}

function statusOf({ code, status }: JsonRecord): number {
  const named = nonEmptyString(status);
  if (typeof code === 'number' && code >= 400 && code <= 599) return code;
  return (named !== undefined && Object.hasOwn(STATUS_OF, named) && STATUS_OF[named]) || 502;
}

/** How long to wait, which Gemini tells in the body. @see https://cloud.google.com/apis/design/errors#error_details */
function delayIn({ details }: JsonRecord): number | undefined {
  for (const detail of Array.isArray(details) ? details.filter(isRecord) : []) {
    if (!String(detail['@type']).endsWith('google.rpc.RetryInfo')) continue;
    const seconds = /^(\d{1,9}(\.\d+)?)s$/.exec(String(detail.retryDelay))?.[1];
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
  }
  return undefined;
}
