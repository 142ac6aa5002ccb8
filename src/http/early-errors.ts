import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import { newRequestId } from '../common/ids';

const JSON_TYPE = 'application/json; charset=utf-8';

/** What Node's HTTP parser complains of, by its code; anything else is no HTTP. */
const PARSER_COMPLAINTS: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come whole in time.'],
};
const NO_HTTP: [number, string] = [400, 'What came is no valid HTTP request.'];

/** Answers a path that cannot be read: Fastify refuses it before there is a route, hooks or Nest's filters. */
export function refuseUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = toGatewayError(error);
  void reply.header('x-request-id', request.id).status(refusal.status).type(JSON_TYPE).send(refusal.toBody());
}

/**
 * Answers bytes that are no request, in the shape of all errors, and closes the connection.
 *
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function refuseBytes(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const [status, message] = PARSER_COMPLAINTS[error.code ?? ''] ?? NO_HTTP;
    const body = JSON.stringify(new GatewayError('invalid_request', { message }).toBody());
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `content-type: ${JSON_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${newRequestId()}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
