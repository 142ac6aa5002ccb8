import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayError } from '../common/errors';
import { isoTime } from '../common/iso-time';
import type { LogDestination } from '../common/runtime/log-destination';
import type { LogLevel } from '../common/runtime/logger';

const SERVER_ERROR = 500;
const LEVELS_WITH_REQUESTS: ReadonlySet<LogLevel> = new Set<LogLevel>(['trace', 'debug', 'info']);
const LONGEST_MODEL = 128;

declare module 'fastify' {
  interface FastifyRequest {
    /** The error that was sent; set by the error filter. */
    failure?: GatewayError;
  }
}

/**
 * Logs a line for each response, in the format of the other log lines. Paths are route patterns, without ids and queries;
 * bodies and headers are never logged, apart from the model that a failed call names. At `warn` there are lines of responses with
 * 500 and above only. The line is built by hand instead of by pino, because each call needs one.
 */
export function logRequests(fastify: FastifyInstance, level: LogLevel, destination: LogDestination): void {
  // Known from the start, so that all requests have one shape.
  fastify.decorateRequest('failure', undefined);
  const least = LEVELS_WITH_REQUESTS.has(level) ? 0 : SERVER_ERROR;
  if (least > 0 && level !== 'warn') return;
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
    if (reply.statusCode < least) return done();
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
    `,"ms":${Math.round(reply.elapsedTime)}${callerFields}${failureFields(request, reply)},"msg":"${failed ? 'request failed' : 'request'}"}\n`
  );
}

/** What is known of an error, as members of the line; empty where none was sent. */
function failureFields({ failure, body }: FastifyRequest, reply: FastifyReply): string {
  if (failure === undefined) return '';
  const { code, type } = failure.toBody().error;
  const fields = {
    errorCode: code,
    errorType: type,
    model: modelIn(body),
    ...failure.facts,
    cacheStatus: reply.getHeader('x-cache-status'),
    costUsd: reply.getHeader('x-gateway-cost-usd'),
  };
  return `,${JSON.stringify(fields).slice(1, -1)}`;
}

function modelIn(body: unknown): string | undefined {
  const model = (body as { model?: unknown } | null | undefined)?.model;
  return typeof model === 'string' ? model.slice(0, LONGEST_MODEL) : undefined;
}
