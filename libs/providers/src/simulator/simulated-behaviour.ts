import type { JsonRecord } from '../json-record';
import { SimulatedBadRequest } from './simulated-request';

/** How the simulator behaves in one call. */
export interface SimulatedBehaviour {
  /** Before the headers. */
  latencyMs: number;
  /** Between two events of a stream. */
  gapMs: number;
  /** An error with this HTTP status in place of an answer; 0 for none. */
  status: number;
  /** `Retry-After` of an error, in seconds; 0 for none. */
  retryAfterSeconds: number;
  /** The part of the calls that fail with `status` (500 without one), from 0 to 1. Equal requests fail equally. */
  failureRate: number;
  /** A stream breaks off after this number of events; 0 for none. */
  cutAfter: number;
  /** Never answers: the gateway's time-outs end the call. */
  hangs: boolean;
}

/** The header of a provider's `headers` in gateway.yaml, with words as `latency_ms=200 status=503`. */
export const SIMULATE_HEADER = 'x-simulate';

const WORDS = {
  latency_ms: 'latencyMs',
  gap_ms: 'gapMs',
  status: 'status',
  retry_after: 'retryAfterSeconds',
  failure_rate: 'failureRate',
  cut_after: 'cutAfter',
} as const;
const NORMAL = { gapMs: 0, status: 0, retryAfterSeconds: 0, failureRate: 0, cutAfter: 0, hangs: false };
const LEAST_ERROR = 400;
const LARGEST_ERROR = 599;

/**
 * The behaviour that a deployment and a request ask for; the request's members come first. They are those of LiteLLM
 * (`mock_timeout`, `mock_delay` in seconds) and `mock_status`.
 *
 * @throws SimulatedBadRequest that names a wrong word or member
 * @see https://docs.litellm.ai/docs/completion/mock_requests
 */
export function readBehaviour(header: string | undefined, body: JsonRecord, latencyMs: number): SimulatedBehaviour {
  const behaviour: SimulatedBehaviour = { ...NORMAL, latencyMs };
  for (const word of header?.split(/[\s,]+/).filter(Boolean) ?? []) applyWord(word, behaviour);
  const delaySeconds = numberOf(body.mock_delay, 'mock_delay');
  if (delaySeconds !== undefined) behaviour.latencyMs = delaySeconds * 1_000;
  behaviour.status = numberOf(body.mock_status, 'mock_status') ?? behaviour.status;
  if (body.mock_timeout === true) behaviour.hangs = true;
  checkStatus(behaviour.status);
  return behaviour;
}

function applyWord(word: string, behaviour: SimulatedBehaviour): void {
  const [name = '', value] = word.split('=', 2);
  if (name === 'hang' && value === undefined) behaviour.hangs = true;
  else if (Object.hasOwn(WORDS, name))
    behaviour[WORDS[name as keyof typeof WORDS]] = numberOf(Number(value || NaN), `${SIMULATE_HEADER}: ${name}`) ?? 0;
  else {
    const known = [...Object.keys(WORDS), 'hang'].join(', ');
    throw new SimulatedBadRequest(`${SIMULATE_HEADER}: there is no word '${name}'. There are ${known}.`, null);
  }
}

function numberOf(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw new SimulatedBadRequest(`'${name}' must be a number of at least 0.`, name);
}

function checkStatus(status: number): void {
  const isError = Number.isInteger(status) && status >= LEAST_ERROR && status <= LARGEST_ERROR;
  if (status !== 0 && !isError)
    throw new SimulatedBadRequest(`'mock_status' must be an HTTP status from 400 to 599.`, 'mock_status');
}

/** The status with which a call fails, or undefined. @param chance from 0 to 1, the same for equal requests */
export function failureOf({ status, failureRate }: SimulatedBehaviour, chance: number): number | undefined {
  if (failureRate > 0) return chance < failureRate ? status || 500 : undefined;
  return status || undefined;
}

/** OpenAI's type and code of an error. @see https://platform.openai.com/docs/guides/error-codes */
export function simulatedError(status: number): JsonRecord {
  const [type, code] =
    status === 429
      ? ['requests', 'rate_limit_exceeded']
      : status >= 500
        ? ['server_error', null]
        : ['invalid_request_error', null];
  return { error: { message: `The simulator fails with status ${status}, as it is set to.`, type, param: null, code } };
}
