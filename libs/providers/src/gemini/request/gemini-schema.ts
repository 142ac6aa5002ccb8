import { isRecord, type JsonRecord } from '../../json-record';

/** Members of a schema with a schema, with a list of schemas, and with schemas by name. */
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'anyOf', 'oneOf', 'prefixItems']);
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['properties', '$defs']);

/**
 * A schema for `responseJsonSchema`, which ignores `const`: an `enum` with one value says the same.
 *
 * @see https://ai.google.dev/api/generate-content#FIELDS.response_json_schema
 */
export function responseSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(responseSchema);
  return isRecord(schema) ? Object.fromEntries(Object.entries(schema).map(memberOf)) : schema;
}

function memberOf([name, value]: [string, unknown]): [string, unknown] {
  if (name === 'const') return ['enum', [value]];
  if (SCHEMAS.has(name)) return [name, responseSchema(value)];
  if (NAMED_SCHEMAS.has(name) && isRecord(value)) return [name, eachSchema(value)];
  return [name, value];
}

function eachSchema(schemas: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, responseSchema(schema)]));
}
