import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

/**
 * Moves the `$defs` of all schemas to `components.schemas`, by name, and updates the references.
 *
 * @throws Error if two schemas with one name differ
 */
export function hoistDefinitions(document: OpenAPIObject): OpenAPIObject {
  const schemas: Json = {};
  const add = (definitions: Json) => {
    for (const [name, schema] of Object.entries(definitions)) {
      const hoisted = hoist(schema, add);
      if (name in schemas && !isDeepStrictEqual(schemas[name], hoisted))
        throw new Error(
          `Two schemas have the id ${name}. A contract that differs between requests and responses needs two ids.`,
        );
      schemas[name] = hoisted;
    }
  };
  const { schemas: named = {}, ...components } = document.components ?? {};
  const hoisted = hoist({ ...document, components }, add) as OpenAPIObject;
  add(named as Json);
  return { ...hoisted, components: { ...hoisted.components, schemas: schemas as typeof named } };
}

function hoist(value: unknown, add: (definitions: Json) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => hoist(item, add));
  if (typeof value !== 'object' || value === null) return value;
  const { $defs, ...members } = value as Json;
  if ($defs) add($defs as Json);
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      name === '$ref' ? String(member).replace('#/$defs/', '#/components/schemas/') : hoist(member, add),
    ]),
  );
}
