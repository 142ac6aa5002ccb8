import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Role } from '../common/caller';

/** Metadata key of routes without authentication; the value is `true`. */
export const PUBLIC_ROUTE = 'thriftgate:public';
/** Metadata key of routes that need a role; the value is the {@link Role}. */
export const REQUIRED_ROLE = 'thriftgate:role';

/** Allows callers without a key on a route, or on all routes of a controller. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** Requires a role on a route, or on all routes of a controller. */
export const Roles = (role: Role): CustomDecorator => SetMetadata(REQUIRED_ROLE, role);
