import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerModuleOptions } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../common/caller';
import { GatewayError } from '../common/errors';
import { formatDuration } from './openai-duration';
import { WINDOW_MS } from './sliding-window';

const LIMIT_HEADER = 'x-ratelimit-limit-requests';
const REMAINING_HEADER = 'x-ratelimit-remaining-requests';
const RESET_HEADER = 'x-ratelimit-reset-requests';
/** The throttler appends its name to `retry-after`; OpenAI's clients read the plain header. */
const RETRY_HEADER = 'retry-after-requests';

const ADMITTED = Promise.resolve(true);

/** One throttler for all routes. Its name is the suffix of its headers: `x-ratelimit-limit-requests`. */
export const THROTTLER_OPTIONS: ThrottlerModuleOptions = {
  throttlers: [{ name: 'requests', ttl: WINDOW_MS, limit: (context) => rpmLimitOf(context) ?? Infinity }],
};

/**
 * Limits the requests per minute of each key, over all POST routes under `/v1` and calls of the console's playground. Keys without a limit, and calls without a
 * key, are not limited.
 */
@Injectable()
export class LimitsGuard extends ThrottlerGuard {
  /** @throws GatewayError `rate_limit_exceeded` */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return rpmLimitOf(context) === null ? ADMITTED : super.canActivate(context);
  }

  protected override getTracker(request: Record<string, unknown>): Promise<string> {
    const { caller } = request as Pick<FastifyRequest, 'caller'>;
    if (!caller) throw new Error('a rate limit needs a caller');
    return Promise.resolve(caller.keyId);
  }

  /** Each key has one count for all routes. */
  protected override generateKey(_context: ExecutionContext, tracker: string): string {
    return tracker;
  }

  protected override setResponseHeader(response: Record<string, unknown>, name: string, value: string | number): void {
    const header = name.toLowerCase();
    if (header === RETRY_HEADER) return;
    super.setResponseHeader(response, header, header === RESET_HEADER ? formatDuration(Number(value) * 1000) : value);
  }

  protected override throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { keyName } = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
    const key = keyName === undefined ? detail.tracker : `${keyName} (${detail.tracker})`;
    const retryAfterSeconds = Math.max(1, Math.ceil(detail.timeToBlockExpire));
    void reply.headers({
      [LIMIT_HEADER]: detail.limit,
      [REMAINING_HEADER]: 0,
      [RESET_HEADER]: formatDuration(detail.timeToExpire * 1000),
      'retry-after': retryAfterSeconds,
    });
    throw new GatewayError('rate_limit_exceeded', {
      message: `Rate limit reached for key ${key}: ${detail.limit} requests per minute. Try again in ${retryAfterSeconds}s.`,
      retryAfterSeconds,
    });
  }
}

/** The limit of a call; null for none. Compares the route's pattern, because a path has several spellings. */
function rpmLimitOf(context: ExecutionContext): number | null {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const limit = request.caller?.rpmLimit ?? null;
  if (limit === null || request.method !== 'POST') return null;
  return request.paidByKey || request.routeOptions.url?.startsWith('/v1/') ? limit : null;
}
