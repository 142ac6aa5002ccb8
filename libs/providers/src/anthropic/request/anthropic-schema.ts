import { isRecord, type JsonRecord } from '../../json-record';

/** Members that hold a schema, a list of schemas, or schemas by name. */
const SCHEMAS = new Set(['items', 'additionalItems']);
const LISTS = new Set(['anyOf', 'allOf', 'oneOf']);
const BY_NAME = new Set(['properties', '$defs', 'definitions']);

/** Keywords that Anthropic refuses. @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations */
const REFUSED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'prefixItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'unevaluatedProperties',
  'unevaluatedItems',
  'if',
  'then',
  'else',
  'not',
]);

/** A schema as Anthropic takes it, and the keywords that it had to lose, in dotted form. */
export interface TakenSchema {
  schema: JsonRecord;
  lost: string[];
}

/**
 * Writes a schema as Anthropic takes it: objects without other properties, `anyOf` in place of `oneOf`. Keywords that are
 * refused move into the description, which the model reads.
 */
export function takenSchema(schema: JsonRecord): TakenSchema {
  const lost: string[] = [];
  return { schema: convert(schema, '', lost), lost };
}

function convert(schema: JsonRecord, path: string, lost: string[]): JsonRecord {
  const converted: JsonRecord = {};
  const moved: JsonRecord = {};
  for (const [name, value] of Object.entries(schema)) {
    const place = path === '' ? name : `${path}.${name}`;
    if (isRefused(name, value)) {
      moved[name] = value;
      lost.push(place);
    } else converted[name === 'oneOf' ? 'anyOf' : name] = convertMember(name, value, place, lost);
  }
  if (isObjectSchema(schema)) converted.additionalProperties = false;
  if (Object.keys(moved).length > 0) converted.description = described(schema.description, moved);
  return converted;
}

function convertMember(name: string, value: unknown, place: string, lost: string[]): unknown {
  const nested = (each: unknown, at: string) => (isRecord(each) ? convert(each, at, lost) : each);
  if (SCHEMAS.has(name)) return nested(value, place);
  if (LISTS.has(name) && Array.isArray(value)) return value.map((each, index) => nested(each, `${place}.${index}`));
  if (!BY_NAME.has(name) || !isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([each, inner]) => [each, nested(inner, `${place}.${each}`)]));
}

function isRefused(name: string, value: unknown): boolean {
  if (name === 'minItems') return value !== 0 && value !== 1;
  if (name === 'additionalProperties') return value !== false;
  return REFUSED.has(name);
}

function isObjectSchema({ type, properties }: JsonRecord): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isRecord(properties);
}

function described(description: unknown, moved: JsonRecord): string {
  const rules = JSON.stringify(moved);
  return typeof description === 'string' && description !== '' ? `${description}\n\n${rules}` : rules;
}
