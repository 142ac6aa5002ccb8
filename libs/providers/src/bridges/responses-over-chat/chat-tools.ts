import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError } from '../../translator';

const BAD_REQUEST = 400;

/** What only a vendor with Responses of its own can do. @param param the member, for example `tools[2].type` */
export function unsupported(what: string, param: string): UnsupportedMemberError {
  const message = `${what} is not supported for this model, whose vendor has chat completions only.`;
  return new UnsupportedMemberError(message, param, BAD_REQUEST);
}

/**
 * Function tools as they are in force: with `strict`, which is true by default where the schema allows it.
 *
 * @throws UnsupportedMemberError for every other type of tool
 * @see https://platform.openai.com/docs/guides/function-calling#strict-mode
 */
export function functionTools(tools: unknown): JsonRecord[] {
  const list: unknown[] = Array.isArray(tools) ? tools : [];
  return list.filter(isRecord).map((tool, index) => {
    if (tool.type !== 'function') throw unsupported(`A tool of type "${String(tool.type)}"`, `tools[${index}].type`);
    return { ...tool, strict: tool.strict ?? (isRecord(tool.parameters) && isStrictSchema(tool.parameters)) };
  });
}

/** A function tool in the shape of chat completions. */
export function chatTool({ name, description, parameters, strict }: JsonRecord): JsonRecord {
  return { type: 'function', function: { name, description, parameters: parameters ?? undefined, strict } };
}

/** @throws UnsupportedMemberError where it names a tool that is no function */
export function chatToolChoice(choice: unknown): unknown {
  if (!isRecord(choice)) return choice ?? undefined;
  if (choice.type === 'function') return namedFunction(choice);
  if (choice.type !== 'allowed_tools') throw unsupported(`"${String(choice.type)}"`, 'tool_choice.type');
  const tools: unknown[] = Array.isArray(choice.tools) ? choice.tools : [];
  const named = tools.filter(isRecord).map((tool, index) => {
    if (tool.type !== 'function') throw unsupported(`"${String(tool.type)}"`, `tool_choice.tools[${index}].type`);
    return namedFunction(tool);
  });
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: named } };
}

function namedFunction({ name }: JsonRecord): JsonRecord {
  return { type: 'function', function: { name } };
}

/** Members of a schema that hold schemas by name. */
const NAMED_SCHEMAS = ['properties', '$defs', 'definitions'];

/** Whether vendors take a schema as strict: each object lists all of its properties as required, and allows no others. */
function isStrictSchema(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrictSchema);
  if (!isRecord(schema)) return true;
  const { properties, required, additionalProperties } = schema;
  if (schema.type === 'object' || isRecord(properties)) {
    const names = Object.keys(isRecord(properties) ? properties : {});
    const listed: unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => listed.includes(name))) return false;
  }
  return Object.entries(schema).every(([name, value]) =>
    NAMED_SCHEMAS.includes(name) && isRecord(value)
      ? Object.values(value).every(isStrictSchema)
      : !['items', 'anyOf', 'allOf', 'oneOf'].includes(name) || isStrictSchema(value),
  );
}
