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
  /** The lines of one turn of the event loop: the destination measures all that it holds anew with each write. */
  let lines = '';
  const write = () => {
    destination.write(lines);
    lines = '';
  };
  /** Routes without parameters: their path is their name, and `routeOptions` makes an object each time it is asked. */
  const plain = new Set<string>();
  fastify.addHook('onRoute', ({ url }) => {
    if (!/[:*]/.test(url)) plain.add(url);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = plain.has(request.url) ? request.url : (request.routeOptions.url ?? 'unknown');
    if (lines === '') setImmediate(write);
    lines += accessLine(request, reply, path);
    done();
  });
}

function accessLine(request: FastifyRequest, reply: FastifyReply, path: string): string {
  const { caller } = request;
  const failed = reply.statusCode >= SERVER_ERROR;
  const who = caller === undefined ? '' : `,"teamId":"${caller.teamId}","keyId":"${caller.keyId}"`;
  return (
    `{"level":"${failed ? 'warn' : 'info'}","time":"${new Date().toISOString()}","requestId":"${request.id}"` +
    `,"method":"${request.method}","path":${JSON.stringify(path)},"status":${reply.statusCode}` +
    `,"ms":${Math.round(reply.elapsedTime)}${who},"msg":"${failed ? 'request failed' : 'request'}"}\n`
  );
}
