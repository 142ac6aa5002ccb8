import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { Role } from '../common/caller';

/** Metadata of a route that needs no key: `true`. */
export const PUBLIC_ROUTE = 'thriftgate:public';
/** Metadata of a route that needs a role: the {@link Role}. */
export const REQUIRED_ROLE = 'thriftgate:role';

/** Opens a route, or all of a controller's, to callers without a key. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** Keeps a route, or all of a controller's, for callers with this role. */
export const Roles = (role: Role): CustomDecorator => SetMetadata(REQUIRED_ROLE, role);
