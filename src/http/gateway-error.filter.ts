import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endpointUnder } from '@thriftgate/providers';
import type { CallFacts, GatewayError } from '../common/errors';
import { asHeader } from '../common/header-text';
import { toGatewayError } from '../common/to-gateway-error';
import { FailedRequests } from './failed-requests.service';

/** The wait after these statuses, where nothing names one. */
const DEFAULT_WAIT_SECONDS: Readonly<Record<number, number>> = {
  429: 1,
  503: 5,
};

/** Sends any thrown value as an error in the shape of the API that was called. Unexpected failures are logged in full and sent without details. */
@Catch()
export class GatewayErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(GatewayErrorFilter.name);

  constructor(private readonly failedRequests: FailedRequests) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const error = toGatewayError(thrown);
    const request = http.getRequest<FastifyRequest>();
    // For the line of the access log.
    request.failure = error;
    this.failedRequests.failed(request, error);
    if (error.status >= 500 && error.code === 'internal_error') {
      this.logger.error({ requestId: request.id, err: thrown }, 'unexpected failure');
    }
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const waitSeconds = waitOf(error);
    if (waitSeconds !== undefined) void reply.header('retry-after', String(Math.ceil(waitSeconds)));
    if (error.isFinal) void reply.header('x-should-retry', 'false');
    void reply.headers(factHeaders(error.facts));
    void reply.status(error.status).type('application/json; charset=utf-8').send(bodyOf(request, error));
  }
}

/** Every 429 and 503 names a wait, also where the upstream's does not. */
function waitOf({ status, retryAfterSeconds }: GatewayError): number | undefined {
  return retryAfterSeconds ?? DEFAULT_WAIT_SECONDS[status];
}

/** In the shape of the API that was called, else in OpenAI's. */
function bodyOf({ id, routeOptions }: FastifyRequest, error: GatewayError): object {
  const endpoint = endpointUnder(routeOptions?.url ?? '');
  return endpoint ? endpoint.render.errorBody(error.toApiError(), id) : error.toBody();
}

/** The headers that a response of the same call would have, as far as it came. */
function factHeaders({ provider, attempts, cacheStatus }: CallFacts): Record<string, string> {
  return {
    ...(provider !== undefined && { 'x-gateway-provider': asHeader(provider) }),
    ...(attempts !== undefined && { 'x-gateway-attempts': String(attempts) }),
    ...(cacheStatus !== undefined && { 'x-cache-status': cacheStatus }),
  };
}
