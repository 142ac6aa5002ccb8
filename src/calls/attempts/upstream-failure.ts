import type { ProviderError, TokenUsage, Translator, UpstreamTransportError } from '@thriftgate/providers';
import { MAX_REPLY_BYTES } from '../../providers/provider-connections.service';
import { AnswerTooLarge, AttemptFailure } from '../../routing/attempt-failure';
import type { Attempt } from './attempt';

const BAD_GATEWAY = 502;
/** What a failure of the transport stands for in HTTP; 0 where no status fits. */
const TRANSPORT_STATUS: Partial<Record<UpstreamTransportError['kind'], number>> = {
  first_byte_timeout: 408,
  idle_timeout: 408,
  total_timeout: 408,
};

/** A failure of the upstream that the gateway itself has found. By default another attempt may succeed, here or elsewhere. */
export function upstreamFailure(
  code: string,
  message: string,
  retryable = true,
  elsewhere = retryable,
): AttemptFailure {
  const error: ProviderError = {
    status: BAD_GATEWAY,
    type: 'upstream_error',
    code,
    param: null,
    message,
    retryable,
    elsewhere,
    retryAfterMs: undefined,
  };
  return new AttemptFailure(error);
}

export const INVALID_ANSWER = 'upstream_invalid_answer';
const INVALID_ANSWER_MESSAGE = 'The provider answered with something that is not an answer of this API.';
/** Answers that came and that no repeat makes readable: with too long headers, or packed in a way that cannot be unpacked. */
const UNREADABLE: ReadonlySet<string> = new Set<UpstreamTransportError['kind']>(['too_large', 'undecodable']);

const TOO_LONG = `is longer than ${MAX_REPLY_BYTES / 1024 / 1024} MB`;

/** An answer that is neither a response nor an error. @param retryable where it was not charged */
export function invalidAnswer(retryable: boolean): AttemptFailure {
  return upstreamFailure(INVALID_ANSWER, INVALID_ANSWER_MESSAGE, retryable, true);
}

/**
 * Ends an attempt whose answer came and cannot be read: the model has probably worked for it, so it is charged, and this
 * deployment is not asked again.
 *
 * @param written what the model may have written
 * @param usage what the upstream says of it
 */
export async function unreadableAnswer(attempt: Attempt, written: string, usage?: TokenUsage): Promise<AttemptFailure> {
  await attempt.failCharged(usage, written, BAD_GATEWAY, INVALID_ANSWER);
  return invalidAnswer(false);
}

/** Ends an attempt whose answer is too large to be read: it is charged, and no deployment is asked again. See {@link AnswerTooLarge}. */
export async function tooLargeAnswer(
  attempt: Attempt,
  written: string,
  limit: string,
  usage?: TokenUsage,
): Promise<AttemptFailure> {
  await attempt.failCharged(usage, written, BAD_GATEWAY, AnswerTooLarge.code);
  return new AnswerTooLarge(limit);
}

/**
 * Ends an attempt that failed below HTTP.
 *
 * @param answered whether the answer, which vendors send when it is whole, had begun to come
 */
export async function transportFailure(
  attempt: Attempt,
  translator: Translator,
  error: UpstreamTransportError,
  answered = false,
): Promise<AttemptFailure> {
  // The limit of bytes is one for all deployments.
  if (error.kind === 'too_large' && answered) {
    await attempt.failBelowHttp(error, BAD_GATEWAY, AnswerTooLarge.code, { timedOut: false, answered });
    return Object.assign(new AnswerTooLarge(TOO_LONG), { charged: true });
  }
  if (UNREADABLE.has(error.kind)) {
    await attempt.failBelowHttp(error, BAD_GATEWAY, INVALID_ANSWER, { timedOut: false, answered: true });
    return Object.assign(invalidAnswer(false), { charged: true });
  }
  const status = TRANSPORT_STATUS[error.kind] ?? 0;
  const failure = new AttemptFailure(translator.toError({ status, headers: {}, body: '' }));
  const { status: endStatus, code } = failure.error;
  await attempt.failBelowHttp(error, endStatus, code, { timedOut: status !== 0, answered });
  return failure;
}
