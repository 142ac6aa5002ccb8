import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError } from '../../translator';
import { vendorFunctionName } from '../gemini-format';

/**
 * `tools` and `toolConfig`. A tool with `strict` asks for arguments that match its schema: mode VALIDATED.
 *
 * @throws InvalidRequestError for a tool or a choice that is wrong
 * @throws UnsupportedMemberError for tools that are no functions
 * @see https://ai.google.dev/gemini-api/docs/function-calling
 */
export function toolMembers(body: JsonRecord, dropped: Set<string>): JsonRecord {
  const tools = listOf(body.tools);
  const config = callingConfig(body, tools);
  if (body.parallel_tool_calls === false) dropped.add('parallel_tool_calls');
  if (tools.length === 0) return {};
  const declarations = tools.map((tool, index) => declarationOf(tool, `tools[${index}]`, dropped));
  return {
    tools: [{ functionDeclarations: declarations }],
    ...(config && { toolConfig: { functionCallingConfig: config } }),
  };
}

function listOf(tools: unknown): unknown[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw new InvalidRequestError(`'tools' must be an array.`, 'tools');
  return tools;
}

function declarationOf(tool: unknown, path: string, dropped: Set<string>): JsonRecord {
  if (!isRecord(tool)) throw new InvalidRequestError(`'${path}' must be an object.`, path);
  const { type, function: declared, cache_control: mark } = tool;
  if (type !== 'function') throw unsupported(`${path}.type`, type);
  if (mark !== undefined) dropped.add('cache_control');
  if (!isRecord(declared) || typeof declared.name !== 'string' || declared.name === '')
    throw new InvalidRequestError(`'${path}.function.name' is required.`, `${path}.function.name`);
  return {
    name: vendorFunctionName(declared.name),
    description: declared.description ?? undefined,
    parametersJsonSchema: declared.parameters ?? undefined,
  };
}

function unsupported(param: string, type: unknown): UnsupportedMemberError {
  return new UnsupportedMemberError(
    `'${param}' is ${JSON.stringify(type)}, which the gateway cannot translate for Gemini. Use tools of type "function".`,
    param,
  );
}

function callingConfig({ tool_choice: choice }: JsonRecord, tools: unknown[]): JsonRecord | undefined {
  const automatic = tools.some(isStrict) ? { mode: 'VALIDATED' } : undefined;
  if (choice === undefined || choice === null) return automatic;
  if (choice === 'auto') return automatic ?? { mode: 'AUTO' };
  if (choice === 'none') return { mode: 'NONE' };
  if (tools.length === 0)
    throw new InvalidRequestError(`'tool_choice' is only allowed together with 'tools'.`, 'tool_choice');
  if (choice === 'required' || choice === 'any') return { mode: 'ANY' };
  if (!isRecord(choice)) throw wrongChoice();
  if (choice.type === 'function') return { mode: 'ANY', allowedFunctionNames: [nameIn(choice)] };
  if (choice.type !== 'allowed_tools') throw unsupported('tool_choice.type', choice.type);
  return allowedTools(choice.allowed_tools);
}

/** Names are allowed in the modes ANY and VALIDATED only. */
function allowedTools(allowed: unknown): JsonRecord {
  if (!isRecord(allowed) || !Array.isArray(allowed.tools)) throw wrongChoice();
  const names = allowed.tools.map((tool: unknown) => nameIn(isRecord(tool) ? tool : {}));
  return { mode: allowed.mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames: names };
}

function nameIn({ function: named }: JsonRecord): string {
  if (!isRecord(named) || typeof named.name !== 'string') throw wrongChoice();
  return vendorFunctionName(named.name);
}

function wrongChoice(): InvalidRequestError {
  const example = '{"type": "function", "function": {"name": "get_weather"}}';
  return new InvalidRequestError(
    `'tool_choice' must be "auto", "none", "required" or the name of a function, as ${example}.`,
    'tool_choice',
  );
}

function isStrict(tool: unknown): boolean {
  return isRecord(tool) && isRecord(tool.function) && tool.function.strict === true;
}
