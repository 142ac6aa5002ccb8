import multipart from '@fastify/multipart';
import { type LoggerService, StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { logRequests } from './http/access-log';
import { setupApiDocs } from './http/api-docs';
import { AppModule } from './app.module';
import { CallerIdentity } from './auth/caller-identity.service';
import { SIGN_IN_BYTES, SIGN_IN_PATH } from './auth/sessions/sign-in-route';
import { GatewayError } from './common/errors';
import { newRequestId } from './common/ids';
import type { LogDestination } from './common/runtime/log-destination';
import { invalidRequest } from './common/zod-issues';
import type { DataDirectory } from './config/data-directory';
import type { GatewayConfig } from './config/gateway-config';
import { serveConsole } from './console/serve-console';
import { allowOrigins } from './http/addresses/cors';
import { ServedRoutes } from './http/addresses/served-routes';
import { routeUrl } from './http/addresses/spelling';
import { refuseUnreadableQueries } from './http/addresses/readable-query';
import { refuseUnserved } from './http/addresses/unserved';
import { BATCH_ROUTES, hasBody, readJsonBodies } from './http/body/json-body';
import { tagResponses } from './http/entity-tags';
import { refuseBytes, refuseUrl } from './http/early-errors';
import { closeSilentConnections } from './http/unused-connections';
import { Journal } from './ledger/journal/journal.service';

const MEGABYTE = 1024 * 1024;
/** Long prompts with pictures in them are far over Fastify's own limit of one megabyte. */
const BODY_BYTES = 64 * MEGABYTE;
/** A batch of 200 MB as a member of a JSON body, with its escapes. */
const BATCH_BODY_BYTES = 420 * MEGABYTE;
const FILE_BYTES = 200 * MEGABYTE;
const HEADERS_TIMEOUT_MS = 10_000;
/** From a request's first byte to its last; a slow writer must not hold a connection for ever. */
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_TIMEOUT_MS = 75_000;
const MAX_PARAM_LENGTH = 512;

/** Builds the application. The same for `main.ts` and for whoever else starts one. */
export async function createApp(
  config: GatewayConfig,
  dataDirectory: DataDirectory,
  log: { logger: LoggerService; destination: LogDestination },
): Promise<NestFastifyApplication> {
  const routes = new ServedRoutes();
  const adapter = new FastifyAdapter({
    genReqId: newRequestId,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    rewriteUrl: ({ url = '/' }) => (routes.isExact(url) ? url : routeUrl(url, routes.resources)),
    forceCloseConnections: 'idle',
    frameworkErrors: refuseUrl,
    clientErrorHandler: refuseBytes,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('onRoute', (route) => {
    if (BATCH_ROUTES.has(route.url)) route.bodyLimit = BATCH_BODY_BYTES;
    if (route.url === SIGN_IN_PATH) route.bodyLimit = SIGN_IN_BYTES;
  });
  tagResponses(fastify);
  // Known from the start, so that all requests have one shape.
  fastify.decorateRequest('caller', undefined);
  fastify.decorateRequest('scope', undefined);
  fastify.decorateRequest('paidByKey', undefined);
  fastify.decorateRequest('sessionId', undefined);
  fastify.decorateRequest('sessionEndsAt', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    // Browsers and proxies must not store what administrators see.
    if (/^\/(admin|auth)\//.test(request.url)) reply.header('cache-control', 'no-store');
    done();
  });
  fastify.removeContentTypeParser('text/plain');
  readJsonBodies(fastify, dataDirectory.path);
  closeSilentConnections(fastify);
  logRequests(fastify, config.logLevel, log.destination);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, dataDirectory, log.destination),
    adapter,
    {
      logger: log.logger,
      abortOnError: false,
      // Fastify reads JSON itself. Nest's parser would also read forms, and JSON sent as a form would lack its members.
      bodyParser: false,
    },
  );
  allowOrigins(fastify, config.corsOrigins);
  refuseWhileLost(fastify, app.get(Journal));
  askBeforeReading(fastify, app.get(CallerIdentity));
  refuseUnserved(fastify, routes);
  refuseUnreadableQueries(fastify);
  await app.register(multipart, { limits: { fileSize: FILE_BYTES, files: 1, fields: 16 } });
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalidRequest }));
  setupApiDocs(app);
  if (config.console) await serveConsole(app, fastify);
  return app;
}

/** What is answered while the data directory is gone would be kept nowhere. */
function refuseWhileLost(fastify: FastifyInstance, journal: Journal): void {
  const message = 'The gateway has lost its data directory and takes no calls. Its administrator must restart it.';
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!journal.isLost || request.url.startsWith('/health/')) done();
    else done(new GatewayError('unavailable', { message }));
  });
}

/** The gateway reads the body of a caller with a key or a session only. The guard checks again, for the route's permission. */
function askBeforeReading(fastify: FastifyInstance, identity: CallerIdentity): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    try {
      const isAsked = hasBody(request.headers) && request.routeOptions.url !== SIGN_IN_PATH;
      const caller = isAsked && identity.identify(request, reply);
      // Only a key that is not in memory has to be waited for: Fastify waits for a promise in place of `done`.
      if (caller instanceof Promise) return caller;
      done();
    } catch (error) {
      done(error as Error);
    }
    return undefined;
  });
}
