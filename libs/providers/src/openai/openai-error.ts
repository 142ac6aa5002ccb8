import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';
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
  const sent = failure.status >= 200 && failure.status < 300 ? statusInBody(upstream) : failure.status;
  const status = meaning.status ?? sent;
  const outOfCredit = status === 402 || isOutOfCredit(status, upstream);
  const retryable =
    !outOfCredit && (status === 0 || status === 408 || status === 409 || status === 429 || status >= 500);
  const elsewhere = retryable || outOfCredit || status === 401 || status === 403 || isModelMissing(status, upstream);
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
    case 402:
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
  return { status: 502, type: 'upstream_error', code, param: null, message };
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
  // xAI has a text beside its code, OAuth a description beside its code.
  if (!isRecord(error))
    return {
      type: clean(outer.type),
      code: clean(outer.code),
      param: null,
      message: clean(outer.error_description) ?? clean(error),
    };
  return {
    type: clean(error.type),
    code: clean(error.code) ?? statusIn(error),
    param: clean(error.param),
    message: messageOf(error),
  };
}

/** CLOVA Studio has a status, Cloudflare a list. */
function errorIn({ status, error, errors, ...rest }: JsonRecord): unknown {
  if (isRecord(status)) return status;
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  return error ?? first ?? { status, errors, ...rest };
}

/** The HTTP status that some errors have as a member. */
function statusIn({ status }: JsonRecord): string | null {
  return typeof status === 'number' ? String(status) : null;
}

/**
 * Mistral's message may be FastAPI's object, and OpenRouter's error has that of the vendor behind it. Zhipu and others write
 * `msg`; a problem has a title.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
function messageOf({ message, msg, title, detail, errors, metadata }: JsonRecord): string | null {
  const nested: unknown = isRecord(message) ? message.detail : (detail ?? errors);
  const raw = isRecord(metadata) ? nonEmptyString(metadata.raw) : undefined;
  if (raw !== undefined) return clean(typeof message === 'string' ? `${message}: ${raw}` : raw);
  return clean(message) ?? clean(nested) ?? clean(detailsOf(nested)) ?? clean(msg) ?? clean(title);
}

/**
 * What is wrong with a request: FastAPI's list, one of it, or texts by the names of members.
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
  if (!isRecord(each)) return '';
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
  /model_?not_?found|model_?not_?available|model_?decommissioned|deployment_?not_?found|invalid_?model/i;
const MODEL_MESSAGES =
  /\bmodel\b.*\b(not found|does not exist|not exist|decommissioned|deprecated|no longer)\b|invalid model|no endpoints found/i;

/** The model was removed, or never was there: vendors say so with 404 or 410, some with 400. */
function isModelMissing(status: number, { type, code, message }: UpstreamErrorBody): boolean {
  if (status === 404 || status === 410) return true;
  return status === 400 && (MODEL_CODES.test(`${type} ${code}`) || MODEL_MESSAGES.test(message ?? ''));
}

/** OpenRouter sends the status as `code`; OpenAI sends a type. An error with neither is a failure of the upstream (502). */
function statusInBody({ type, code }: UpstreamErrorBody): number {
  const status = Number(code);
  if (status >= 400 && status <= 599) return status;
  const words = `${type} ${code}`;
  if (words.includes('rate_limit') || words.includes('insufficient_quota')) return 429;
  if (words.includes('authentication') || words.includes('invalid_api_key')) return 401;
  if (MODEL_CODES.test(words)) return 404;
  if (words.includes('invalid_request')) return 400;
  return 502;
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
