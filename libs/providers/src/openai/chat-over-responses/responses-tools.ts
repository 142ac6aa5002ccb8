import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';

/** Tools that have a name, and the member in which chat completions nest what they are. */
const NAMED = ['function', 'custom'] as const;

/**
 * A tool of chat completions, flat as Responses have it. There `strict` is true by default, and false in chat completions.
 *
 * @param param the tool's place, for example `tools.0`
 * @see https://platform.openai.com/docs/guides/function-calling?api-mode=responses
 */
export function responsesTool(tool: unknown, param: string): JsonRecord {
  if (!isRecord(tool)) throw new InvalidRequestError(`'${param}' must be an object.`, param);
  const nested = nestedOf(tool);
  if (nested === undefined) {
    const missing = `${param}.${String(tool.type)}`;
    throw new InvalidRequestError(`'${missing}' is required.`, missing);
  }
  if (tool.type === 'custom') return { type: 'custom', ...nested, ...grammarOf(nested.format) };
  const { name, description, parameters, strict } = nested;
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  };
}

/** A choice of one tool, or among some, flat too. */
export function responsesToolChoice(choice: unknown): unknown {
  if (!isRecord(choice)) return choice;
  const { type, allowed_tools: allowed } = choice;
  if (type === 'allowed_tools' && isRecord(allowed)) {
    const tools: unknown[] = Array.isArray(allowed.tools) ? allowed.tools : [];
    return { type, mode: allowed.mode, tools: tools.map(responsesToolChoice) };
  }
  const nested = nestedOf(choice);
  return nested === undefined ? choice : { type, name: nested.name };
}

/** @returns undefined where the member of the type is missing */
function nestedOf(tool: JsonRecord): JsonRecord | undefined {
  const name = NAMED.find((each) => each === tool.type);
  const nested = name && tool[name];
  return isRecord(nested) ? nested : undefined;
}

/** @see https://platform.openai.com/docs/guides/function-calling#context-free-grammars */
function grammarOf(format: unknown): { format?: JsonRecord } {
  if (!isRecord(format) || !isRecord(format.grammar)) return {};
  return { format: { type: format.type, ...format.grammar } };
}
