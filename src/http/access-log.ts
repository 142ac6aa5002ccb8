import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isoTime } from '../common/iso-time';
import type { LogDestination, LogLevel } from '../common/runtime/logger';

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
  /** Routes without parameters, as JSON: their path is their name, and `routeOptions` makes an object each time it is asked. */
  const plain = new Map<string, string>();
  fastify.addHook('onRoute', ({ url }) => {
    if (!/[:*]/.test(url)) plain.set(url, JSON.stringify(url));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = plain.get(request.url) ?? JSON.stringify(request.routeOptions.url ?? 'unknown');
    if (lines === '') setImmediate(write);
    lines += accessLine(request, reply, path);
    done();
  });
}

/** @param path as JSON */
function accessLine(request: FastifyRequest, reply: FastifyReply, path: string): string {
  const { caller } = request;
  const failed = reply.statusCode >= SERVER_ERROR;
  const who = caller === undefined ? '' : `,"teamId":"${caller.teamId}","keyId":"${caller.keyId}"`;
  return (
    `{"level":"${failed ? 'warn' : 'info'}","time":"${isoTime(Date.now())}","requestId":"${request.id}"` +
    `,"method":"${request.method}","path":${path},"status":${reply.statusCode}` +
    `,"ms":${Math.round(reply.elapsedTime)}${who},"msg":"${failed ? 'request failed' : 'request'}"}\n`
  );
}
