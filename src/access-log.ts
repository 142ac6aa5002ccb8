import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LogDestination, LogLevel } from './common/logger';

const SERVER_ERROR = 500;
const LEVELS_WITH_REQUESTS: ReadonlySet<LogLevel> = new Set<LogLevel>(['trace', 'debug', 'info']);

/**
 * One line for each answered request, in the form of all other lines. Paths are those of the routes, without ids and
 * queries; bodies and headers are never written. The text is put together here because every call passes this place.
 */
export function logRequests(fastify: FastifyInstance, level: LogLevel, destination: LogDestination): void {
  if (!LEVELS_WITH_REQUESTS.has(level)) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    destination.write(accessLine(request, reply));
    done();
  });
}

function accessLine(request: FastifyRequest, reply: FastifyReply): string {
  const { caller, routeOptions } = request;
  const failed = reply.statusCode >= SERVER_ERROR;
  const who = caller === undefined ? '' : `,"teamId":"${caller.teamId}","keyId":"${caller.keyId}"`;
  return (
    `{"level":"${failed ? 'warn' : 'info'}","time":"${new Date().toISOString()}","requestId":"${request.id}"` +
    `,"method":"${request.method}","path":${JSON.stringify(routeOptions.url ?? 'unknown')},"status":${reply.statusCode}` +
    `,"ms":${Math.round(reply.elapsedTime)}${who},"msg":"${failed ? 'request failed' : 'request'}"}\n`
  );
}
