import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import { newRequestId } from '../common/ids';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Responses to errors of Node's HTTP parser, by code; any other error means that the bytes are no HTTP. */
const PARSER_ERRORS: Record<string, [status: number, message: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request was not complete in time.'],
};
const NO_HTTP: [number, string] = [400, 'The bytes received are not a valid HTTP request.'];

/** Responds to a malformed path, which Fastify refuses before routes, hooks and Nest's filters. */
export function refuseUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const gatewayError = toGatewayError(error);
  void reply.header('x-request-id', request.id).status(gatewayError.status).type(JSON_TYPE).send(gatewayError.toBody());
}

/**
 * Responds to bytes that are no HTTP request, in the shape of all errors, and closes the connection.
 *
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function refuseBytes(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const [status, message] = PARSER_ERRORS[error.code ?? ''] ?? NO_HTTP;
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
