import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../common/caller';
import { GatewayError } from '../common/errors';
import { ApiErrors } from '../http/api-errors.decorator';

/** Who changes something; with If-Match, also which version of it they have seen. */
export type Actor = string | { id: string; ifMatch: string };

/** An object as its route shows it, without what changes by itself. */
type Wire = Readonly<Record<string, unknown>>;

const VERSION_LENGTH = 16;

/** The id of a key, `admin` or `gateway`. */
export function idOf(actor: Actor): string {
  return typeof actor === 'string' ? actor : actor.id;
}

/** The version of an object: the same until its settings change, whatever else its route shows of it. */
export function versionOf(object: Wire): string {
  return createHash('sha256').update(JSON.stringify(object)).digest('base64url').slice(0, VERSION_LENGTH);
}

/** Sets the entity tag of a response to the version of its object; {@link tagResponses} adds the hash of the rest. */
export function setVersion(reply: FastifyReply, object: Wire): void {
  void reply.header('etag', `"${versionOf(object)}"`);
}

/** Checks that the actor has seen the object that they change. @throws GatewayError `precondition_failed` */
export function requireSeen(actor: Actor, object: Wire): void {
  if (typeof actor === 'string' || actor.ifMatch.trim() === '*') return;
  const seen = [...actor.ifMatch.matchAll(/"([\w-]+)(?:\.[\w-]+)?"/g)].map(([, version]) => version);
  if (!seen.includes(versionOf(object))) throw new GatewayError('precondition_failed');
}

/** Injects who sends the request, with its If-Match. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { keyId: id } = callerOf(request);
  const ifMatch = request.headers['if-match'];
  return ifMatch === undefined ? id : { id, ifMatch };
});

/** Documents the header If-Match of a change. */
export const ApiIfMatch = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'if-match',
      required: false,
      description: 'The ETag that the object was read with: a 412 if it has changed since',
    }),
    ApiErrors('precondition_failed'),
  );
