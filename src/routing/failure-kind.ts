import type { ProviderError } from '@thriftgate/providers';

const BAD_REQUEST = 400;
const FORBIDDEN = 403;
const NOT_FOUND = 404;
const GONE = 410;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERRORS = 500;

const REFUSED_CREDENTIAL: ReadonlySet<string | null> = new Set(['upstream_auth', 'upstream_billing']);

/**
 * What a failed attempt says of its deployment.
 *
 * - `request`: nothing; the request itself was refused
 * - `rate_limit`: it asks for a pause
 * - `failing`: it failed, or could not be reached
 * - `credential`: it refuses the credential, or the account has no credit left
 * - `forbidden`: it refuses this credential, perhaps for this model alone
 * - `model_gone`: it has no such model, or no longer
 */
export type FailureKind = 'request' | 'rate_limit' | 'failing' | 'credential' | 'forbidden' | 'model_gone';

/** @param upstreamStatus the HTTP status of the upstream, where there was one */
export function failureKind(error: ProviderError, upstreamStatus?: number): FailureKind {
  if (REFUSED_CREDENTIAL.has(error.code)) return upstreamStatus === FORBIDDEN ? 'forbidden' : 'credential';
  if (saysModelIsGone(error)) return 'model_gone';
  if (error.retryable) return error.status === TOO_MANY_REQUESTS ? 'rate_limit' : 'failing';
  // What is not worth a retry may be a failure all the same, as an answer that cannot be read.
  return error.status >= SERVER_ERRORS ? 'failing' : 'request';
}

/** In codes and messages about a model. A 400's message may repeat what the caller wrote: there only the code counts. */
const OF_MODELS = /model|deployment/i;

/** What callers name in their requests: that it is missing says nothing of the model. */
const OF_CALLERS = /\b(?:file|container|vector.?store|conversation|response|prompt|skill)s?\b/i;

/** Whether the upstream says that it does not have the deployment's model, or no longer: then only another deployment helps. */
export function saysModelIsGone({ status, code, message, retryable, elsewhere }: ProviderError): boolean {
  if (!elsewhere || retryable) return false;
  if (status === NOT_FOUND) return OF_MODELS.test(`${code} ${message}`) || !OF_CALLERS.test(message);
  return status === GONE || (status === BAD_REQUEST && OF_MODELS.test(code ?? ''));
}

export function refusesCredential({ code }: ProviderError): boolean {
  return REFUSED_CREDENTIAL.has(code);
}
