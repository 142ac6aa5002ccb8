import { type Json, isJson } from '../chat-request';
import { invalidRequest, type VendorError } from '../exchange';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** A function's bad name, or a bad schema of one with `strict: true`. @param functionOf reads the function of a tool */
export function toolsError(tools: unknown, functionOf: (tool: Json) => Json, param: string): VendorError | undefined {
  for (const [at, tool] of (Array.isArray(tools) ? tools : []).entries()) {
    if (!isJson(tool) || tool['type'] !== 'function') continue;
    const { name, parameters, strict } = functionOf(tool);
    if (typeof name !== 'string' || !NAME.test(name))
      return invalidRequest(
        `Invalid '${param}[${at}].name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${param}[${at}].name`,
        'invalid_value',
      );
    const error =
      strict === true ? schemaError(parameters, `function '${name}'`, `${param}[${at}].parameters`) : undefined;
    if (error) return error;
  }
  return undefined;
}

/** A strict schema's objects are closed, and require all of their members. @see https://platform.openai.com/docs/guides/structured-outputs */
export function schemaError(schema: unknown, of: string, param: string): VendorError | undefined {
  if (!isJson(schema)) return invalidRequest(`Invalid schema for ${of}: schema must be a JSON Schema.`, param);
  const fault = faultIn(schema, []);
  return fault ? invalidRequest(`Invalid schema for ${of}: ${fault}`, param, 'invalid_json_schema') : undefined;
}

function faultIn(schema: Json, path: string[]): string | undefined {
  const context = `In context=(${path.map((name) => `'${name}'`).join(', ')})`;
  const properties = isJson(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  if (schema['type'] === 'object') {
    if (schema['additionalProperties'] !== false)
      return `${context}, 'additionalProperties' is required to be supplied and to be false.`;
    const missing = Object.keys(properties).find((name) => !required.includes(name));
    if (missing)
      return `${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  const inner: [string, unknown][] = [
    ...Object.entries(properties).map(([name, each]): [string, unknown] => [`properties.${name}`, each]),
    ['items', schema['items']],
    ...(Array.isArray(schema['anyOf']) ? schema['anyOf'].map((each): [string, unknown] => ['anyOf', each]) : []),
  ];
  for (const [name, each] of inner) {
    const fault = isJson(each) ? faultIn(each, [...path, name]) : undefined;
    if (fault) return fault;
  }
  return undefined;
}
