import { type CanActivate, type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PUBLIC_ROUTE, ROUTE_POLICY, type RoutePolicy } from '../http/access.decorators';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { reachOf, rolesWith } from '../common/permissions';
import { CallerIdentity } from './caller-identity.service';
import { NamedIds } from './named-ids.service';
import { NarrowingService } from './narrowing.service';

interface RouteAccess {
  controller: Type;
  isPublic: boolean;
  policy: RoutePolicy | undefined;
}

/**
 * Requires a key on every route except `@Public()` ones, and the permission that its `@Requires()` names. A route with neither
 * is refused to all.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly routes = new Map<ReturnType<ExecutionContext['getHandler']>, RouteAccess>();

  constructor(
    private readonly reflector: Reflector,
    private readonly identity: CallerIdentity,
    private readonly namedIds: NamedIds,
    private readonly narrowing: NarrowingService,
  ) {}

  /** @throws GatewayError `invalid_api_key` or `forbidden`; under `/admin` also `not_found` for an unknown team or key */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { isPublic, policy } = this.accessTo(context);
    if (isPublic) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = this.identity.identify(request, http.getResponse<FastifyReply>());
    // Only a key that is not in memory has to be waited for.
    if (caller instanceof Promise) return caller.then((late) => this.admit(late, policy, request));
    return this.admit(caller, policy, request);
  }

  private admit(caller: Caller, policy: RoutePolicy | undefined, request: FastifyRequest): boolean | Promise<boolean> {
    if (policy === undefined) throw new GatewayError('forbidden', { message: 'This route names no permission.' });
    const { permission, narrowedBy } = policy;
    const reach = reachOf(caller.role, permission);
    if (reach === undefined) throw lacks(caller, policy);
    if (permission === 'api:use') return true;
    // Keys of applications are for `/v1`; a person who signs in with one sees what it may.
    if (caller.role === 'member' && request.sessionId === undefined) throw needsSession();
    return this.narrow(request, caller, reach, narrowedBy);
  }

  private async narrow(...[request, caller, reach, narrowedBy]: Parameters<NarrowingService['apply']>) {
    await this.narrowing.apply(request, caller, reach, narrowedBy);
    await this.namedIds.check(request.query, request.body);
    return true;
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
      policy: this.reflector.getAllAndOverride<RoutePolicy | undefined>(ROUTE_POLICY, targets),
    };
    this.routes.set(handler, access);
    return access;
  }
}

function needsSession(): GatewayError {
  const message =
    'A key with the role member is for /v1. Under /admin use a key with another role, or sign in with this one (POST /auth/session).';
  return new GatewayError('forbidden', { message });
}

function lacks({ role }: Caller, { permission }: RoutePolicy): GatewayError {
  const roles = rolesWith(permission).join(', ');
  const message = `This needs the permission ${permission}, which the role ${role} does not have. Roles that have it: ${roles}.`;
  return new GatewayError('forbidden', { message });
}
