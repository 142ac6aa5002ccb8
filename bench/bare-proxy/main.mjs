/**
 * The baseline: a bare Nest + Fastify + undici proxy, without authentication, cache, ledger or log.
 * `UPSTREAM=http://127.0.0.1:9000/v1 node bench/bare-proxy/main.mjs [port]`; prints its port.
 */
import 'reflect-metadata';
import { Body, Controller, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Agent, request } from 'undici';

const target = `${process.env.UPSTREAM}/chat/completions`;
const dispatcher = new Agent({ keepAliveTimeout: 60_000 });
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };

class ProxyController {
  async forward(body, reply) {
    const upstream = await request(target, { method: 'POST', headers, body: JSON.stringify(body), dispatcher });
    reply.status(upstream.statusCode).header('content-type', upstream.headers['content-type']);
    return reply.send(body.stream === true ? upstream.body : await upstream.body.text());
  }
}

// Plain Node runs this file, so the decorators are called by hand.
Controller('v1/chat')(ProxyController);
Post('completions')(
  ProxyController.prototype,
  'forward',
  Object.getOwnPropertyDescriptor(ProxyController.prototype, 'forward'),
);
Body()(ProxyController.prototype, 'forward', 0);
Res()(ProxyController.prototype, 'forward', 1);

class ProxyModule {}
Module({ controllers: [ProxyController] })(ProxyModule);

const app = await NestFactory.create(ProxyModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.argv[2] ?? process.env.PORT ?? 0), '127.0.0.1');
process.stdout.write(`${app.getHttpServer().address().port}\n`);
