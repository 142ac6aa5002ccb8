import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';
import { isSuccess } from '../transport/upstream-transport';
import type { ProviderError, UpstreamFailure } from '../translator';

/** The members of an upstream's error, with API keys redacted. */
interface UpstreamErrorBody {
  type: string | null;
  code: string | null;
  param: string | null;
  message: string | null;
}

/** What a vendor's codes, types and statuses mean, by their text. */
export type ErrorMeanings = Readonly<Record<string, { readonly status?: number; readonly code?: string }>>;

const NO_CREDIT = 402;
const BAD_GATEWAY = 502;
const MAX_MESSAGE_LENGTH = 2_000;
/** No upstream is believed that asks for a longer pause. */
const LONGEST_WAIT_MS = 7 * 86_400_000;

/**
 * Converts an error in OpenAI's or any other shape. Status 0 is a failure of the transport; 2xx is an error inside a stream or
 * in place of a response, and its code or type determines the status.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function toOpenAiError(failure: UpstreamFailure, meanings: ErrorMeanings = {}): ProviderError {
  const read = readErrorBody(failure.body);
  const meaning = meaningOf([read.code, read.type, String(failure.status)], meanings);
  const upstream = { ...read, code: meaning.code ?? read.code };
  const sent = isSuccess(failure.status) ? statusInBody(upstream) : failure.status;
  // An error that came with 200 and says nothing of its kind: the same request would probably get it again.
  const isUnknown = sent === undefined && meaning.status === undefined;
  const known = meaning.status ?? sent ?? BAD_GATEWAY;
  const status = isOutOfCredit(known, upstream) ? NO_CREDIT : known;
  const retryable = !isUnknown && (status === 0 || status === 408 || status === 409 || status === 429 || status >= 500);
  const elsewhere =
    retryable ||
    isUnknown ||
    status === NO_CREDIT ||
    status === 401 ||
    status === 403 ||
    isModelMissing(status, upstream);
  return { ...forCaller(status, upstream), retryable, elsewhere, retryAfterMs: retryAfterMs(failure) };
}

function meaningOf(names: readonly (string | null)[], meanings: ErrorMeanings): ErrorMeanings[string] {
  const known = names.find((name) => name !== null && Object.hasOwn(meanings, name));
  return meanings[known ?? ''] ?? {};
}

type CallerError = Omit<ProviderError, 'retryable' | 'elsewhere' | 'retryAfterMs'>;

function forCaller(status: number, upstream: UpstreamErrorBody): CallerError {
  switch (status) {
    case 0:
      return upstreamError('upstream_unreachable', 'The upstream could not be reached, or its response broke off.');
    // The upstream refused the gateway's key, not the caller's. OpenAI's message quotes the key, so it is replaced.
    case 401:
    case 403:
      return upstreamError('upstream_auth', `The upstream refused the gateway's credential (HTTP ${status}).`);
    case NO_CREDIT:
      return upstreamError('upstream_billing', "The gateway's account at the upstream has no credit left.");
    case 408:
      return {
        ...upstreamError('upstream_timeout', 'The upstream took too long.'),
        status: 504,
        type: 'upstream_timeout',
      };
    case 429:
      return {
        status,
        type: 'rate_limit_exceeded',
        code: 'upstream_rate_limited',
        param: null,
        message: upstream.message ?? 'The upstream limits the rate of calls.',
      };
    case 400:
    case 404:
    case 409:
    case 410:
    case 413:
    case 422:
      return {
        status,
        type: upstream.type ?? 'invalid_request_error',
        code: upstream.code,
        param: upstream.param,
        message: upstream.message ?? `The upstream refused the request (HTTP ${status}).`,
      };
    default:
      return upstreamError('upstream_error', upstream.message ?? `The upstream failed (HTTP ${status}).`);
  }
}

function upstreamError(code: string, message: string): CallerError {
  return { status: BAD_GATEWAY, type: 'upstream_error', code, param: null, message };
}

/**
 * Reads OpenAI's `{error: {…}}` and the variants of compatible servers: a list of one, a text, FastAPI's `detail` and its list
 * of what is wrong, plain text. A page of HTML has no message for a caller.
 */
function readErrorBody(body: string): UpstreamErrorBody {
  const parsed = parseJson(body);
  const outer: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isRecord(outer)) {
    const text = typeof outer === 'string' ? outer : parsed === undefined && !/^\s*</.test(body) ? body.trim() : '';
    return { type: null, code: null, param: null, message: clean(text) };
  }
  const error = errorIn(outer);
  // xAI has a text beside its code, OAuth a description beside its code, Nest the status's name beside its message.
  if (!isRecord(error))
    return {
      type: clean(outer.type),
      code: clean(outer.code) ?? statusIn(outer),
      param: null,
      message: clean(outer.error_description) ?? messageOf(outer) ?? clean(error) ?? clean(firstText(outer)),
    };
  return {
    type: clean(error.type),
    code: clean(error.code) ?? statusIn(error),
    param: clean(error.param),
    message: messageOf(error) ?? clean(firstText(outer)),
  };
}

/** Members that name an error, and do not say what it is. */
const NAMES_ONLY =
  /^(object|type|code|status|param|name|kind|level|path|method|locale|@.*|.*(id|time|timestamp|url|uri))$/i;
const DEEPEST = 5;

/** The first text in an error of no known shape that is more than a name: better than no reason at all. */
function firstText(value: unknown, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined;
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  const members = Array.isArray(value) ? value.entries() : isRecord(value) ? Object.entries(value) : [];
  for (const [name, each] of members) {
    const text = NAMES_ONLY.test(String(name)) ? undefined : firstText(each, depth + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** CLOVA Studio has a status, Cloudflare a list. */
function errorIn({ status, error, errors, ...rest }: JsonRecord): unknown {
  if (isRecord(status)) return status;
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  return error ?? first ?? { status, errors, ...rest };
}

/** The HTTP status that some errors have as a member, or Google's name of one. */
function statusIn({ status, status_code: snake, statusCode, http_status: http }: JsonRecord): string | null {
  const number = [status, snake, statusCode, http].find((each) => typeof each === 'number');
  if (number !== undefined) return String(number);
  return typeof status === 'string' && /^[A-Z_]+$/.test(status) ? clean(status) : null;
}

/**
 * Mistral's message may be FastAPI's object, and OpenRouter's error has that of the vendor behind it. Zhipu and others write
 * `msg`; a problem has a title.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
function messageOf({ message, msg, title, detail, errors, metadata }: JsonRecord): string | null {
  const nested: unknown = isRecord(message) ? message.detail : Array.isArray(message) ? message : (detail ?? errors);
  const raw = isRecord(metadata) ? nonEmptyString(metadata.raw) : undefined;
  if (raw !== undefined) return clean(typeof message === 'string' ? `${message}: ${raw}` : raw);
  return clean(message) ?? clean(nested) ?? clean(detailsOf(nested)) ?? clean(msg) ?? clean(title);
}

/**
 * What is wrong with a request: FastAPI's list, one of it, Nest's list of texts, or texts by the names of members.
 *
 * @see https://fastapi.tiangolo.com/tutorial/handling-errors/
 */
function detailsOf(detail: unknown): string {
  if (Array.isArray(detail)) return detail.map(detailOf).filter(Boolean).join('; ');
  if (!isRecord(detail)) return '';
  const texts = Object.entries(detail).map(([name, each]) => `${name}: ${[each].flat().filter(isText).join(', ')}`);
  return detailOf(detail) || texts.filter((text) => !text.endsWith(': ')).join('; ');
}

function detailOf(each: unknown): string {
  if (!isRecord(each)) return isText(each) ? each : '';
  const text = nonEmptyString(each.msg) ?? nonEmptyString(each.message) ?? '';
  return text !== '' && Array.isArray(each.loc) ? `${each.loc.join('.')}: ${text}` : text;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function clean(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : nonEmptyString(value);
  return text === undefined
    ? null
    : redactKeys(text)
        .slice(0, MAX_MESSAGE_LENGTH)
        .replace(/[\uD800-\uDBFF]$/, '')
        .toWellFormed()
        .replaceAll('\0', '\uFFFD');
}

/** Redacts API keys of OpenAI, Groq, xAI and Google, bearer tokens, and OpenAI organisation ids. */
function redactKeys(text: string): string {
  return text
    .replace(/\b(sk|rk|gsk|xai)[-_][\w*-]{6,}/gi, '$1-***')
    .replace(/\bAIza[\w-]{20,}/g, 'AIza***')
    .replace(/\bbearer\s+\S+/gi, 'Bearer ***')
    .replace(/\borg-\w{8,}/g, 'org-***');
}

const CREDIT_CODES = /insufficient_(quota|balance|credit)|billing|credit|exceeded_current_quota|arrearage/i;
const CREDIT_MESSAGES =
  /\b(insufficient|low|out of|no) (account )?(balance|credits?|funds)\b|\bcredit balance is too low\b/i;

/** A quota of money, which no waiting mends, in a status that else asks for waiting, or for another request. */
function isOutOfCredit(status: number, { type, code, message }: UpstreamErrorBody): boolean {
  if (status !== 429 && status !== 400) return false;
  return CREDIT_CODES.test(`${type} ${code}`) || CREDIT_MESSAGES.test(message ?? '');
}

const MODEL_CODES =
  /model_?(not_?(found|available|supported)|unavailable|decommissioned|deprecated|discontinued|retired|sunset)|deployment_?not_?found|(invalid|unknown|unsupported)_?model/i;
const MODEL_MESSAGES =
  /\bmodel\b.*\b(not found|does not exist|not exist|decommissioned|deprecated|discontinued|retired|sunset|end of life|shut down|no longer)\b|\b(invalid|unknown|unsupported|no such) model\b|no endpoints found/i;
/** A vendor names the model; "this model" may lack what the request asks of it. */
const MODEL_UNAVAILABLE =
  /\bmodel:? ['"`]?[\w./:@-]+['"`]? (is |was )?(currently )?(not (available|supported)|unavailable)\b(?! (with|for|in|by|when))/i;

/** The model was removed, or never was there: vendors say so with 404 or 410, some with 400 or 422. */
function isModelMissing(status: number, { type, code, message }: UpstreamErrorBody): boolean {
  if (status === 404 || status === 410) return true;
  if (status !== 400 && status !== 422) return false;
  const text = message ?? '';
  return MODEL_CODES.test(`${type} ${code}`) || MODEL_MESSAGES.test(text) || MODEL_UNAVAILABLE.test(text);
}

/** What an error's type or code, as vendors and their frameworks name it, is as a status. */
const STATUS_OF_WORDS: readonly (readonly [RegExp, number])[] = [
  [/rate_?limit|insufficient_quota|too_?many_?requests|resource_exhausted/i, 429],
  [/authentication|unauthenticated|unauthorized|invalid_api_key/i, 401],
  [/permission|forbidden/i, 403],
  [MODEL_CODES, 404],
  [
    /\b(invalid|bad|unsupported|empty|image)_?[a-z]|_image\b|validation|context_length|content_(filter|policy)|too_long/i,
    400,
  ],
  [/not_?found/i, 404],
  [/server_?error|internal|overloaded|unavailable|time_?out|api_error/i, BAD_GATEWAY],
];

/** OpenRouter sends the status as `code`; OpenAI sends a type. Undefined where an error has neither. */
function statusInBody({ type, code }: UpstreamErrorBody): number | undefined {
  const status = Number(code);
  if (status >= 400 && status <= 599) return status;
  const words = `${type} ${code}`;
  return STATUS_OF_WORDS.find(([pattern]) => pattern.test(words))?.[1];
}

/** Reads a duration, or a date. @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs({ headers, receivedAt }: UpstreamFailure): number | undefined {
  const after = firstOf(headers['retry-after']);
  return (
    milliseconds(firstOf(headers['retry-after-ms']), 1) ?? milliseconds(after, 1_000) ?? untilMs(after, receivedAt)
  );
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function milliseconds(text: string | undefined, factor: number): number | undefined {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) return undefined;
  return Math.min(Math.ceil(Number(text) * factor), LONGEST_WAIT_MS);
}

/** From a time until an HTTP date in one of its three forms, at least 0. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7 */
function untilMs(text: string | undefined, fromMs: number | undefined): number | undefined {
  if (text === undefined || fromMs === undefined || !/^[A-Z][a-z]{2,8},? .*(GMT|\d{4})$/.test(text)) return undefined;
  const until = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(until) ? undefined : Math.min(Math.max(0, until - fromMs), LONGEST_WAIT_MS);
}
