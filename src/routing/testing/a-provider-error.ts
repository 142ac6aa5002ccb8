import type { ProviderError } from '@thriftgate/providers';

/** A failure that may pass, of a provider that charges nothing for it. */
export function aProviderError(members: Partial<ProviderError> = {}): ProviderError {
  return {
    status: 502,
    type: 'upstream_error',
    code: 'upstream_error',
    param: null,
    message: 'The upstream failed.',
    retryable: true,
    elsewhere: true,
    retryAfterMs: undefined,
    ...members,
  };
}
