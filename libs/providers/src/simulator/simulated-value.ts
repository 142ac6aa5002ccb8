import { isRecord, type JsonRecord } from '../json-record';

/** Schemas may refer to themselves. */
const DEEPEST = 8;

/** A value that a JSON Schema allows, as far as its types, enumerations and bounds say; the same each time. */
export function simulatedValue(schema: unknown, root: JsonRecord, depth = 0): unknown {
  if (!isRecord(schema) || depth > DEEPEST) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (typeof schema.$ref === 'string') return simulatedValue(referred(schema.$ref, root), root, depth + 1);
  for (const union of [schema.anyOf, schema.oneOf, schema.allOf])
    if (Array.isArray(union)) return simulatedValue(union[0], root, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? (schema.properties && 'object'));
  if (type === 'object') return objectOf(schema, root, depth);
  if (type === 'array') {
    const count = typeof schema.minItems === 'number' ? schema.minItems : 1;
    return Array.from({ length: Math.min(count, DEEPEST) }, () => simulatedValue(schema.items, root, depth + 1));
  }
  if (type === 'integer' || type === 'number') return typeof schema.minimum === 'number' ? schema.minimum : 1;
  if (type === 'boolean') return true;
  return type === 'null' ? null : 'simulated';
}

function objectOf({ properties }: JsonRecord, root: JsonRecord, depth: number): JsonRecord {
  const members = isRecord(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(members.map(([name, each]) => [name, simulatedValue(each, root, depth + 1)]));
}

/** The schema at a pointer as `#/$defs/city`. */
function referred(pointer: string, root: JsonRecord): unknown {
  let at: unknown = root;
  for (const step of pointer.split('/').slice(1)) at = isRecord(at) ? at[step] : undefined;
  return at;
}
