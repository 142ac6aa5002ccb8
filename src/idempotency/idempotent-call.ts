import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../common/caller';
import { hasIdempotencyKey, identityOf } from './idempotency-key';
import type { IdempotencyService } from './idempotency.service';

const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Does what a POST asks for, once for each `Idempotency-Key`; without one it just does it.
 *
 * @param work what the answer's JSON is made of
 * @throws GatewayError as {@link IdempotencyService.once}
 */
export async function onceJson<T>(
  service: IdempotencyService,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<T>,
): Promise<T> {
  if (!hasIdempotencyKey(request)) return work();
  const identity = identityOf(request, callerOf(request).teamId);
  const make = async () => {
    const body = Buffer.from(JSON.stringify(await work()));
    return { status: reply.statusCode, headers: { 'content-type': JSON_TYPE }, body: one(body) };
  };
  const answer = await service.once(identity, { make, mayBeCharged: () => false }, () => reply.raw.destroyed);
  const { 'content-type': _type, ...headers } = answer.headers;
  void reply.status(answer.status).headers(headers);
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as T;
}

async function* one(body: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield body;
}
