import type { ProviderError } from './translator';

/**
 * Why a model did not answer, the same for all vendors.
 *
 * - `context_too_long`: the prompt does not fit into the model's context
 * - `content_filter`: the vendor's filter refused the prompt or the answer
 * - `rate_limit`: the vendor limits the rate of calls
 * - `error`: anything else that another model may not have
 */
export type FailureReason = 'context_too_long' | 'content_filter' | 'rate_limit' | 'error';

/** What is read of an error: what a {@link ProviderError} and an error from another replica both have. */
export type ErrorFacts = Pick<ProviderError, 'status' | 'code' | 'message'>;

const TOO_MANY_REQUESTS = 429;
const SERVER_ERRORS = 500;
/** Statuses of a request that is refused for what it is; others than these say nothing of the prompt. */
const REFUSED_REQUEST: ReadonlySet<number> = new Set([400, 413, 422]);

/** By code; vendors without one say it in the message. The first match counts. */
const REASONS: readonly { reason: FailureReason; code: RegExp; message: RegExp }[] = [
  {
    reason: 'context_too_long',
    code: /context_?(length|window)|prompt_too_long|input_too_long|request_too_large|string_above_max_length|exceed\w*_context/i,
    message:
      /context (length|window)|maximum (context|prompt|input)|(prompt|input) is too long|too many (input )?tokens|input token count|exceeds? .{0,40}(token|context) (limit|count|length)/i,
  },
  {
    reason: 'content_filter',
    code: /content_?(filter|policy|management)|moderation|safety|data_inspection_failed|prohibited_content|sensitive/i,
    message:
      /content (filter|management policy|policy)|flagged by .{0,40}(moderation|safety)|safety system|data may contain inappropriate/i,
  },
];

/**
 * The one place where vendors' codes become reasons.
 *
 * @returns undefined where no other model would do better: the request itself is wrong
 * @param elsewhere whether an attempt at another deployment may succeed, where that is known
 */
export function failureReason({ status, code, message }: ErrorFacts, elsewhere = false): FailureReason | undefined {
  if (status === TOO_MANY_REQUESTS) return 'rate_limit';
  if (status >= SERVER_ERRORS) return 'error';
  if (REFUSED_REQUEST.has(status)) {
    const named =
      REASONS.find((each) => each.code.test(code ?? '')) ?? REASONS.find((each) => each.message.test(message));
    if (named) return named.reason;
  }
  return elsewhere ? 'error' : undefined;
}
