import type { ProviderError, Translator, UpstreamTransportError } from '@thriftgate/providers';
import { AttemptFailure } from '../../routing/attempt-failure';
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
  const status = TRANSPORT_STATUS[error.kind] ?? 0;
  const failure = new AttemptFailure(translator.toError({ status, headers: {}, body: '' }));
  const { status: endStatus, code } = failure.error;
  await attempt.failBelowHttp(error, endStatus, code, { timedOut: status !== 0, answered });
  return failure;
}
