import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** What a key's calls may have of the cache. Without a rule they may have what they ask for. */
export interface KeyCacheRules {
  /** False: nothing is looked up and nothing kept. */
  enabled?: boolean | undefined;
  maxTtlSeconds?: number | undefined;
  /** False: its answers stay with the team, whatever that shares. */
  shared?: boolean | undefined;
  allowedControls?: readonly string[] | undefined;
}

export type Role = 'platform_admin' | 'team_member';

/** Who makes a call, as the guard found out. */
export interface Caller {
  role: Role;
  teamId: string;
  /** The API key's id; `admin` for the platform administrator's own key. */
  keyId: string;
  /** Model names this key may use; null is all. */
  models: readonly string[] | null;
  /** Requests a minute; null is unlimited. */
  rpmLimit: number | null;
  cache?: KeyCacheRules | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    caller?: Caller;
  }
}

/** Who makes this request. Only on routes behind the guard. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw new Error('a public route has no caller');
  return caller;
}

/** Hands the caller to a controller's method. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
