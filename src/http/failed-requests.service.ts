import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { GatewayError } from '../common/errors';

/** Is told of each error that goes to a caller. It must not throw. */
export type FailedRequestListener = (request: FastifyRequest, error: GatewayError) => void;

/** Tells features of requests that were answered with an error. */
@Injectable()
export class FailedRequests {
  private readonly listeners: FailedRequestListener[] = [];

  onFailed(listener: FailedRequestListener): void {
    this.listeners.push(listener);
  }

  failed(request: FastifyRequest, error: GatewayError): void {
    for (const listener of this.listeners) listener(request, error);
  }
}
