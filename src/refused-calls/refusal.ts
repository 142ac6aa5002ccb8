import type { ErrorCode } from '../common/error-table';
import type { GatewayError } from '../common/errors';

/** Errors that are no refusals: of an upstream, of the gateway itself, and of callers that no team is known of. */
const OTHERS: ReadonlySet<ErrorCode> = new Set([
  'invalid_api_key',
  'internal_error',
  'upstream_error',
  'upstream_timeout',
]);

/** Whether the gateway refused a call before an upstream was asked. */
export function isRefusal({ code, facts }: GatewayError): boolean {
  return !OTHERS.has(code) && (facts.attempts ?? 0) === 0;
}
