import { METHOD_METADATA } from '@nestjs/common/constants';
import { ModulesContainer } from '@nestjs/core';
import { PUBLIC_ROUTE, ROUTE_POLICY, type RoutePolicy } from '../http/access.decorators';
import { reachOf, ROLES } from '../common/permissions';
import { withPreviewApp } from '../cli/preview-api';

interface Handler {
  name: string;
  isPublic: boolean;
  policy: RoutePolicy | undefined;
}

describe('every route', () => {
  let handlers: Handler[];

  beforeAll(async () => {
    handlers = await withPreviewApp((app) =>
      [...app.get(ModulesContainer).values()]
        .flatMap(({ controllers }) => [...controllers.values()])
        .flatMap(({ metatype }) => (typeof metatype === 'function' ? handlersOf(metatype as ControllerClass) : [])),
    );
  });

  it('is public or names a permission', () => {
    expect(handlers.length).toBeGreaterThan(60);
    const open = handlers.filter(({ isPublic, policy }) => !isPublic && policy === undefined);
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('says how it is narrowed if a role reaches one team or key with it', () => {
    const wide = handlers.filter(({ policy }) => policy !== undefined && isForTeams(policy) && !policy.narrowedBy);
    // Members and team admins get a 403 on these: they cover all teams.
    expect(wide.map(({ name }) => name).toSorted()).toEqual([
      'OrganisationStatementsController.get',
      'SharesController.get',
      'SharesController.list',
    ]);
  });
});

type ControllerClass = (abstract new (...args: never[]) => object) & { prototype: object };

function handlersOf(controller: ControllerClass): Handler[] {
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const method: unknown = Object.getOwnPropertyDescriptor(controller.prototype, name)?.value;
    if (typeof method !== 'function' || Reflect.getMetadata(METHOD_METADATA, method) === undefined) return [];
    const read = (key: string): unknown => Reflect.getMetadata(key, method) ?? Reflect.getMetadata(key, controller);
    return [
      {
        name: `${controller.name}.${name}`,
        isPublic: read(PUBLIC_ROUTE) === true,
        policy: read(ROUTE_POLICY) as RoutePolicy | undefined,
      },
    ];
  });
}

function isForTeams({ permission }: RoutePolicy): boolean {
  if (permission === 'api:use' || permission.startsWith('self:')) return false;
  return ROLES.some((role) => (reachOf(role, permission) ?? 'all') !== 'all');
}
