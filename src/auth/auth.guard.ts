import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PUBLIC_ROUTE, REQUIRED_ROLE } from '../http/access.decorators';
import type { Caller, Role } from '../common/caller';
import { GatewayError } from '../common/errors';
import { ApiKeyDirectory, type KeyEnd } from '../keys/api-key-directory.service';
import { AdminKey } from './admin-key.service';
import { NamedIds } from './named-ids.service';
import { maskKey, presentedKey } from './presented-key';

const HOW_TO = 'Send it as "Authorization: Bearer sk-tg-…"; the headers x-api-key and api-key work too.';

const ISSUED = "The gateway's administrator issues keys; they start with sk-tg-.";

interface RouteAccess {
  controller: Type;
  isPublic: boolean;
  role: Role | undefined;
}

/** Requires a key on every route except `@Public()` ones, and the role on routes with `@Roles()`. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly routes = new Map<ReturnType<ExecutionContext['getHandler']>, RouteAccess>();

  constructor(
    private readonly reflector: Reflector,
    private readonly directory: ApiKeyDirectory,
    private readonly adminKey: AdminKey,
    private readonly namedIds: NamedIds,
  ) {}

  /** @throws GatewayError `invalid_api_key` or `forbidden`; under `/admin` also `not_found` for an unknown team or key */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { isPublic, role } = this.accessTo(context);
    if (isPublic) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = this.identifiedBefore(request) ?? this.identify(request, http.getResponse<FastifyReply>());
    // Only a key that is not in memory has to be waited for.
    if (caller instanceof Promise) return caller.then((late) => this.admit(late, role, request));
    return this.admit(caller, role, request);
  }

  /** The caller of a request whose key was looked up before its body was read, with the present rights of the key. */
  private identifiedBefore(request: FastifyRequest): Caller | undefined {
    const { caller } = request;
    const present = caller && this.directory.callerOf(caller.keyId);
    if (present) request.caller = present;
    return present;
  }

  private admit(caller: Caller, role: Role | undefined, request: FastifyRequest): boolean | Promise<boolean> {
    if (!role) return true;
    if (caller.role !== role) {
      throw new GatewayError('forbidden', {
        message: "This route needs the administrator's key or a key with the role admin.",
      });
    }
    return this.namedIds.check(request.query, request.body).then(() => true);
  }

  /** The access that a route's decorators require; cached for each handler, since every call needs it. */
  private accessTo(context: ExecutionContext): RouteAccess {
    const handler = context.getHandler();
    const controller = context.getClass();
    const known = this.routes.get(handler);
    if (known?.controller === controller) return known;
    const targets = [handler, controller];
    const access = {
      controller,
      isPublic: this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, targets) === true,
      role: this.reflector.getAllAndOverride<Role | undefined>(REQUIRED_ROLE, targets),
    };
    this.routes.set(handler, access);
    return access;
  }

  /**
   * Identifies the caller and sets `request.caller`: at once for a key in memory, after a look-up for an unknown one.
   *
   * @throws GatewayError `invalid_api_key`
   */
  identify(request: FastifyRequest, reply: FastifyReply): Caller | Promise<Caller> {
    const presented = presentedKey(request.headers);
    if (presented.kind === 'key') {
      const caller = this.directory.find(presented.text) ?? this.adminKey.find(presented.text);
      if (caller) return (request.caller = caller);
    }
    if (presented.kind === 'key') return this.lookUp(presented.text, request, reply);
    void reply.header('www-authenticate', 'Bearer');
    if (presented.kind === 'missing') {
      throw new GatewayError('invalid_api_key', { message: `You did not provide an API key. ${HOW_TO}` });
    }
    throw new GatewayError('invalid_api_key', { message: `The Authorization header is malformed. ${HOW_TO}` });
  }

  private async lookUp(keyText: string, request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    const found = await this.directory.lookUp(keyText);
    if (found && 'keyId' in found) return (request.caller = found);
    void reply.header('www-authenticate', 'Bearer');
    const message = found ? endedKey(found) : `Incorrect API key provided: ${maskKey(keyText)}. ${ISSUED}`;
    throw new GatewayError('invalid_api_key', { message });
  }
}

function endedKey({ how, at }: KeyEnd): string {
  const when = at.toISOString();
  if (how === 'replaced')
    return `This API key was replaced and stopped working at ${when}. Use the key that replaced it.`;
  if (how === 'revoked') return `This API key was revoked at ${when}. Ask the gateway's administrator for another one.`;
  return `This API key expired at ${when}. Ask the gateway's administrator for a later expiry or another key.`;
}
