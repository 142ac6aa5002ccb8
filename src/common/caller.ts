import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from './permissions';
import type { Revocation } from './revocation';

/** Whether responses with tool calls are stored; `forced`: if the request forces one function. */
export type ToolCallRule = boolean | 'forced';

/** Cache rules of a key's calls. Without a rule the call's own cache directives apply. */
export interface KeyCacheRules {
  /** False: calls neither read nor write the cache. */
  enabled?: boolean | undefined;
  maxTtlSeconds?: number | undefined;
  /** False: responses stay in the team's cache even if the team shares. */
  shared?: boolean | undefined;
  storeToolCalls?: ToolCallRule | undefined;
  allowedControls?: readonly string[] | undefined;
}

/** What a caller's permission reaches: everything, one team, or one key of it. */
export interface Scope {
  teamId?: string;
  keyId?: string;
}

/** The authenticated caller of a request. */
export interface Caller {
  role: Role;
  teamId: string;
  /** The API key's id; `admin` for the platform administrator's key. */
  keyId: string;
  /** The key's name, for messages; undefined for the platform administrator's key. */
  keyName?: string | undefined;
  /** Models that the key may use; null means all. */
  models: readonly string[] | null;
  /** Requests per minute; null means unlimited. */
  rpmLimit: number | null;
  /** Whether the lines of the key's batches that run live count as requests per minute. */
  batchLinesCount?: boolean | undefined;
  /** The limit of output tokens for calls without one. */
  defaultMaxTokens?: number | null | undefined;
  cache?: KeyCacheRules | undefined;
  /** Ends the key's running calls when it is revoked; the administrator's key has none. */
  revocation?: Revocation | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    caller?: Caller;
    /** Whether the caller is the key that pays for a person's call in the console, and has limits as under `/v1`. */
    paidByKey?: boolean;
    /** What the route's permission reaches; set by the guard on routes under `/admin`. */
    scope?: Scope;
  }
}

/** The caller of a request. @throws Error on public routes, which have none */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (!caller) throw new Error('a public route has no caller');
  return caller;
}

/** Injects the caller into a controller's method. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Injects what the caller's permission reaches into a method whose route is narrowed by its handler. */
export const CurrentScope = createParamDecorator((_: unknown, context: ExecutionContext): Scope => {
  const { scope } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!scope) throw new Error('this route has no scope');
  return scope;
});
