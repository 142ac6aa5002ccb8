import { type FailureReason, failureReason } from '@thriftgate/providers';
import { GatewayError } from '../common/errors';
import { AttemptFailure } from '../routing/attempt-failure';
import { AllBusyError } from '../routing/all-busy-error';
import type { Call } from './call';
import type { PreparedCall } from './prepared-call';

/** The codes of errors that come from upstreams. */
const OF_UPSTREAMS: ReadonlySet<string> = new Set(['upstream_error', 'upstream_timeout']);

/** The models that may answer in place of a call's, in their order; none where its error is no reason for them. */
export function fallbacksOf({ call, model }: PreparedCall, error: unknown): readonly string[] {
  // A downgraded call may spend past its budget at the budget's own model alone.
  if (call.fallback || call.downgrade || call.signal.aborted || !(error instanceof GatewayError)) return [];
  // A line waits until there is room at its own model.
  if (call.only || (call.batch && error instanceof AllBusyError)) return [];
  const reason = reasonOf(error);
  return reason === undefined ? [] : (model.routing?.fallbacks[reason] ?? []);
}

/** The call for another model. @param attemptsBefore the numbers of attempts that it has used */
export function fallbackCall({ call, model: from }: PreparedCall, name: string, attemptsBefore: number): Call {
  // The limit of the call's own model says nothing of the other one.
  const { defaultMaxTokens: limit, ...rest } = call;
  const { request } = call;
  return {
    ...rest,
    body: call.endpoint.withModel(call.body, name),
    request: { ...request, model: name, maxOutputTokens: limit === undefined ? request.maxOutputTokens : undefined },
    attemptsBefore,
    fallback: { from },
  };
}

/** How many numbers of attempts a failed call has used: by attempts, or by the row of a call that followed another one. */
export function attemptsUntil(call: Call, error: unknown): number {
  const made = error instanceof GatewayError ? (error.facts.attempts ?? 0) : 0;
  return Math.max(made, call.attemptsBefore ?? 0);
}

function reasonOf(error: GatewayError): FailureReason | undefined {
  if (error instanceof AllBusyError) return 'rate_limit';
  if (!OF_UPSTREAMS.has(error.code)) return undefined;
  const failure = error.cause instanceof AttemptFailure ? error.cause.error : undefined;
  const { code, message } = error.toBody().error;
  const reason = failureReason({ status: error.status, code, message }, failure?.elsewhere);
  // The upstream has charged for it, or may have: no other model is asked, and paid, for the same.
  return reason === 'error' && failure?.elsewhere === false ? undefined : reason;
}
