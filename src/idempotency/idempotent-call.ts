import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../common/caller';
import type { GatewayError } from '../common/errors';
import { hasIdempotencyKey, identityOf } from './idempotency-key';
import type { Writer } from './idempotency.repository';
import type { IdempotencyService } from './idempotency.service';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Keeps a call's answer in the transaction that the answer tells of. */
export type KeepAnswer<T> = (answer: T, writer: Writer) => Promise<void>;

/**
 * Does what a POST asks for, once for each `Idempotency-Key`; without one it just does it.
 *
 * @param work what the answer's JSON is made of; it may keep the answer itself, in its transaction
 * @param content as of {@link identityOf}
 * @throws GatewayError as {@link IdempotencyService.once}
 */
export async function onceJson<T>(
  service: IdempotencyService,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (keep?: KeepAnswer<T>) => Promise<T>,
  content?: unknown,
): Promise<T> {
  if (!hasIdempotencyKey(request)) return work();
  const identity = identityOf(request, callerOf(request).teamId, content);
  const toReply = (answer: T) => ({
    status: reply.statusCode,
    headers: { 'content-type': JSON_TYPE },
    body: Buffer.from(JSON.stringify(answer)),
  });
  const produce = async () => {
    const made = toReply(await work((answer, writer) => service.keepWith(identity, toReply(answer), writer)));
    return { ...made, body: one(made.body) };
  };
  const answer = await service.once(
    identity,
    { produce, mayBeCharged: () => false, errorBody: (error: GatewayError) => error.toBody() },
    () => reply.raw.destroyed,
  );
  const { 'content-type': _type, ...headers } = answer.headers;
  void reply.status(answer.status).headers(headers);
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as T;
}

async function* one(body: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield body;
}
