import { isRecord, type JsonRecord } from '../../json-record';
import { takenName } from '../anthropic-names';
import { cacheMark } from './anthropic-marks';
import { takenSchema } from './anthropic-schema';
import { isFilled, type Translation, unsupported, wrong } from './translation';

/** The request's `tools` and `tool_choice`; undefined leaves them out. */
export interface TakenTools {
  tools: JsonRecord[] | undefined;
  choice: JsonRecord | undefined;
}

const ANY_INPUT = { type: 'object', properties: {} };

/**
 * @param called names of tools that earlier turns have called: Anthropic refuses their calls in a request without tools
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
 */
export function takenTools(body: JsonRecord, called: () => ReadonlySet<string>, translation: Translation): TakenTools {
  const declared = declaredTools(body.tools, translation);
  const wanted = readChoice(body.tool_choice);
  if (declared.length === 0) {
    if (isForced(wanted)) throw wrong('tool_choice', 'needs tools; declare them in tools');
    const seen = [...called()].map((name) => ({ name: takenName(name), input_schema: ANY_INPUT }));
    return seen.length === 0 ? { tools: undefined, choice: undefined } : { tools: seen, choice: { type: 'none' } };
  }
  if (isForced(wanted) && translation.model.forcedTools === 'no')
    throw unsupported('tool_choice', 'requires a call of a tool, which this model does not support; send "auto"');
  const tools = wanted.allowed === undefined ? declared : allowedTools(declared, wanted.allowed);
  return { tools, choice: withParallel(wanted.choice, body.parallel_tool_calls) };
}

/** Whether a request requires a call of a tool. */
export function forcesCall(body: JsonRecord): boolean {
  return isForced(readChoice(body.tool_choice));
}

function declaredTools(tools: unknown, translation: Translation): JsonRecord[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw wrong('tools', 'must be a list');
  return tools.map((tool: unknown, index) => takenTool(tool, `tools.${index}`, translation));
}

function takenTool(tool: unknown, param: string, { dropped }: Translation): JsonRecord {
  if (!isRecord(tool)) throw wrong(param, 'must be an object');
  if (tool.type !== 'function') throw unsupported(`${param}.type`, 'must be "function" for this model');
  const { function: described } = tool;
  if (!isRecord(described)) throw wrong(`${param}.function`, 'must be an object');
  const { name, description, parameters, strict } = described;
  if (typeof name !== 'string' || name === '') throw wrong(`${param}.function.name`, 'is required');
  const isStrict = strict === true && isRecord(parameters);
  const taken = isStrict ? takenSchema(parameters) : undefined;
  const canBeStrict = taken !== undefined && taken.lost.length === 0;
  if (isStrict && !canBeStrict) dropped.add('tools.function.strict');
  const schema = canBeStrict ? taken.schema : isRecord(parameters) ? inputSchema(parameters) : ANY_INPUT;
  return {
    name: takenName(name),
    ...(isFilled(description) && { description }),
    input_schema: schema,
    ...(canBeStrict && { strict: true }),
    ...cacheMark({ ...described, ...tool }),
  };
}

/** Anthropic requires the type of the input to be named. */
function inputSchema(parameters: JsonRecord): JsonRecord {
  return parameters.type === undefined ? { ...parameters, type: 'object' } : parameters;
}

interface Choice {
  /** Undefined where the request leaves the choice to the model without saying so. */
  choice: JsonRecord | undefined;
  /** The only tools that may be called; undefined for all. */
  allowed?: Set<string>;
}

/** @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice */
function readChoice(choice: unknown): Choice {
  if (choice === undefined || choice === null) return { choice: undefined };
  if (choice === 'auto' || choice === 'none') return { choice: { type: choice } };
  if (choice === 'required' || choice === 'any') return { choice: { type: 'any' } };
  if (!isRecord(choice)) throw wrong('tool_choice', 'must be "auto", "none", "required" or an object');
  if (choice.type === 'allowed_tools') return allowedChoice(choice.allowed_tools);
  const { function: named } = choice;
  if (choice.type !== 'function') throw unsupported('tool_choice.type', 'must be "function" for this model');
  if (!isRecord(named) || typeof named.name !== 'string') throw wrong('tool_choice.function.name', 'is required');
  return { choice: { type: 'tool', name: takenName(named.name) } };
}

function allowedChoice(allowed: unknown): Choice {
  if (!isRecord(allowed) || !Array.isArray(allowed.tools)) throw wrong('tool_choice.allowed_tools', 'must have tools');
  const names = allowed.tools.map((tool: unknown, index) => {
    const named = isRecord(tool) ? tool.function : undefined;
    if (isRecord(named) && typeof named.name === 'string') return takenName(named.name);
    throw wrong(`tool_choice.allowed_tools.tools.${index}`, 'must name a function');
  });
  return { choice: { type: allowed.mode === 'required' ? 'any' : 'auto' }, allowed: new Set(names) };
}

function allowedTools(declared: JsonRecord[], allowed: ReadonlySet<string>): JsonRecord[] {
  const tools = declared.filter(({ name }) => typeof name === 'string' && allowed.has(name));
  if (tools.length === 0) throw wrong('tool_choice.allowed_tools', 'must name tools of this request');
  return tools;
}

function isForced({ choice }: Choice): boolean {
  return choice?.type === 'any' || choice?.type === 'tool';
}

function withParallel(choice: JsonRecord | undefined, parallel: unknown): JsonRecord | undefined {
  if (parallel !== false || choice?.type === 'none') return choice;
  return { type: 'auto', ...choice, disable_parallel_tool_use: true };
}
