import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toGatewayError } from '../common/to-gateway-error';
import { FailedRequests } from './failed-requests.service';

/** Sends any thrown value as an OpenAI-shaped error. Unexpected failures are logged in full and sent without details. */
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
    if (error.retryAfterSeconds !== undefined)
      void reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds)));
    if (error.isFinal) void reply.header('x-should-retry', 'false');
    void reply.status(error.status).type('application/json; charset=utf-8').send(error.toBody());
  }
}
