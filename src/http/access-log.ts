import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isoTime } from '../common/iso-time';
import type { LogDestination, LogLevel } from '../common/runtime/logger';

const SERVER_ERROR = 500;
const LEVELS_WITH_REQUESTS: ReadonlySet<LogLevel> = new Set<LogLevel>(['trace', 'debug', 'info']);

/**
 * Logs a line for each response, in the format of the other log lines. Paths are route patterns, without ids and queries;
 * bodies and headers are never logged. The line is built by hand instead of by pino, because each call needs one.
 */
export function logRequests(fastify: FastifyInstance, level: LogLevel, destination: LogDestination): void {
  if (!LEVELS_WITH_REQUESTS.has(level)) return;
  /** The lines of one turn of the event loop: each write makes the destination measure its whole buffer. */
  let lines = '';
  const write = () => {
    destination.write(lines);
    lines = '';
  };
  /** Paths of routes without parameters, as JSON: saves `routeOptions`, which creates an object at each access. */
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
  const callerFields = caller === undefined ? '' : `,"teamId":"${caller.teamId}","keyId":"${caller.keyId}"`;
  return (
    `{"level":"${failed ? 'warn' : 'info'}","time":"${isoTime(Date.now())}","requestId":"${request.id}"` +
    `,"method":"${request.method}","path":${path},"status":${reply.statusCode}` +
    `,"ms":${Math.round(reply.elapsedTime)}${callerFields},"msg":"${failed ? 'request failed' : 'request'}"}\n`
  );
}
