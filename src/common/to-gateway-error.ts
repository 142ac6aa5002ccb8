import { HttpException } from '@nestjs/common';
import { InvalidRequestError } from '@thriftgate/providers';
import { GatewayError } from './errors';

const HTTP_CODES = {
  400: 'invalid_request',
  404: 'not_found',
  405: 'method_not_allowed',
} as const;

/** Error codes of sockets and DNS, PostgreSQL's classes 08 and 53, and its shutdown codes. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_AWAY =
  /^(ECONN(REFUSED|RESET|ABORTED)|E(HOST|NET)UNREACH|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0[1-3]|53\w{3})$/;

/** Converts a thrown value to a {@link GatewayError}: Nest's and Fastify's errors by their status, unknown ones to `internal_error`. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  if (thrown instanceof InvalidRequestError) {
    const { message, param } = thrown;
    return new GatewayError('invalid_request', { message, param });
  }
  if (isDatabaseAway(thrown)) return new GatewayError('unavailable', { cause: thrown });
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOf(thrown);
  const message = thrown instanceof Error ? thrown.message : undefined;
  if (isInvalidJson(thrown, status)) return new GatewayError('invalid_json', { cause: thrown });
  if (status === 413) return new GatewayError('request_too_large', { cause: thrown });
  if (status === 415) return new GatewayError('unsupported_media_type', { cause: thrown });
  if (status !== undefined && status in HTTP_CODES) {
    return new GatewayError(HTTP_CODES[status as keyof typeof HTTP_CODES], {
      ...(message && { message }),
      cause: thrown,
    });
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new GatewayError('invalid_request', { ...(message && { message }), cause: thrown });
  }
  return new GatewayError('internal_error', { cause: thrown });
}

function statusOf(thrown: unknown): number | undefined {
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function codeOf(thrown: unknown): unknown {
  return (thrown as { code?: unknown } | null)?.code;
}

/** Whether `pg` reports that the database is unreachable, shuts down, or has no resources. */
function isDatabaseAway(thrown: unknown): boolean {
  if (DATABASE_AWAY.test(String(codeOf(thrown)))) return true;
  return (
    thrown instanceof Error && /^(Connection terminated|timeout exceeded when trying to connect)/.test(thrown.message)
  );
}

/** Fastify's parser throws SyntaxErrors with a status, which Nest wraps; one without a status is a bug of the gateway. */
function isInvalidJson(thrown: unknown, status: number | undefined): boolean {
  if (codeOf(thrown) === 'FST_ERR_CTP_EMPTY_JSON_BODY') return true;
  if (status !== 400) return false;
  return thrown instanceof SyntaxError || (thrown instanceof HttpException && /JSON/.test(thrown.message));
}
