import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { ConsolePage } from './console-page.service';

const PREFIX = '/console/assets/';

/**
 * Serves the scripts, styles and fonts of the console, compressed by the build, for ever: their names change with their content.
 * Responses under `/admin` and `/auth` name the version, by which an open page notices an update.
 */
export async function serveConsole(app: NestFastifyApplication, fastify: FastifyInstance): Promise<void> {
  const { assets, version } = app.get(ConsolePage);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (/^\/(admin|auth)\//.test(request.url)) reply.header('x-gateway-version', version);
    if (request.url.startsWith(PREFIX)) reply.header('x-content-type-options', 'nosniff');
    done();
  });
  if (assets === undefined) return;
  await app.register(fastifyStatic, {
    root: assets,
    prefix: PREFIX,
    index: false,
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
}
