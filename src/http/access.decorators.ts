import { applyDecorators, type CustomDecorator, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Permission } from '../common/permissions';

/** Metadata key of routes without authentication; the value is `true`. */
export const PUBLIC_ROUTE = 'thriftgate:public';
/** Metadata key of what a route needs; the value is a {@link RoutePolicy}. */
export const ROUTE_POLICY = 'thriftgate:policy';

/**
 * What a route's request is narrowed by for callers whose permission does not reach over all teams:
 *
 * - `query`: `team_id` of the query is set to the caller's team, and `key_id` to its key where the permission is for that alone
 * - `body`: the body must name the caller's team as `team_id`
 * - `team`, `key`: the `:id` of the path is a team or a key, which must be of the caller's team
 * - `handler`: the controller narrows by itself, with `@CurrentScope()`
 *
 * Without it such callers are refused.
 */
export type Narrowing = 'query' | 'body' | 'team' | 'key' | 'handler';

export interface RoutePolicy {
  permission: Permission;
  narrowedBy?: Narrowing | undefined;
}

/** Allows callers without a key on a route, or on all routes of a controller. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/**
 * Requires a permission on a route, or on all routes of a controller; the OpenAPI document has it as `x-gateway-permission`. A
 * route without it, and not public, is refused to all.
 */
export const Requires = (permission: Permission, narrowedBy?: Narrowing): ClassDecorator & MethodDecorator =>
  applyDecorators(
    SetMetadata(ROUTE_POLICY, { permission, narrowedBy } satisfies RoutePolicy),
    ApiExtension('x-gateway-permission', permission),
  );
