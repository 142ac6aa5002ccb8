import type { FastifyRequest } from 'fastify';
import type { AbortSignalLike, Endpoint } from '@thriftgate/providers';
import { callerOf } from '../../common/caller';
import type { Call } from '../call';
import { FailedCosts } from '../failed-costs';
import { readTags, tagsHeader, withoutTagList } from '../tags';

/**
 * The call of an HTTP request.
 *
 * @param nowMs when it came, in milliseconds since 1970
 * @throws InvalidRequestError that names the member
 */
export function readCall(endpoint: Endpoint, request: FastifyRequest, signal: AbortSignalLike, nowMs: number): Call {
  const { body, request: read } = endpoint.read(request.body);
  return {
    requestId: request.id,
    caller: callerOf(request),
    endpoint,
    request: read,
    body: withoutTagList(body),
    headers: request.headers,
    tags: readTags(tagsHeader(request.headers), read.metadata),
    batch: undefined,
    failedCosts: new FailedCosts(),
    signal,
    startedAt: nowMs,
  };
}
