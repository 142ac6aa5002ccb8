import { isRecord, type JsonRecord } from '../../json-record';
import type { RequestRules } from '../quirks';
import { type Draft, mapped, omitted } from './draft';

/** Writes tools and their choice as the vendor takes them. */
export function placeTools(draft: Draft, { toolChoice, looseTools, toolStream }: RequestRules, stream: boolean): void {
  const { body } = draft;
  if (toolChoice?.allowedFilters) chooseAllowed(body);
  if (toolChoice?.noneOmitsTools && body.tool_choice === 'none') for (const name of TOOLS) draft.take(name);
  if (toolChoice?.noneOmitsTools && body.tool_choice === 'auto') draft.take('tool_choice');
  if (toolChoice?.required !== undefined && body.tool_choice === 'required') body.tool_choice = toolChoice.required;
  if (!Array.isArray(body.tools)) return;
  if (looseTools) body.tools = mapped(body.tools, (tool) => withoutStrict(tool, draft));
  if (stream && toolStream) for (const [name, value] of Object.entries(toolStream)) body[name] ??= value;
}

const TOOLS = ['tools', 'tool_choice', 'parallel_tool_calls'];

function withoutStrict(tool: unknown, draft: Draft): unknown {
  if (!isRecord(tool) || !isRecord(tool.function) || tool.function.strict === undefined) return tool;
  if (tool.function.strict === true) draft.dropped.add('tools.function.strict');
  return { ...tool, function: omitted(tool.function, ['strict']) };
}

/**
 * Sends only the tools that the choice allows.
 *
 * @see https://platform.openai.com/docs/guides/function-calling#allowed-tools
 */
function chooseAllowed(body: JsonRecord): void {
  const { tool_choice: choice, tools } = body;
  if (!isRecord(choice) || choice.type !== 'allowed_tools' || !isRecord(choice.allowed_tools)) return;
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = new Set((Array.isArray(allowed) ? allowed : []).map(nameOfTool));
  if (Array.isArray(tools)) body.tools = tools.filter((tool) => names.has(nameOfTool(tool)));
  body.tool_choice = mode === 'required' ? 'required' : 'auto';
}

function nameOfTool(tool: unknown): unknown {
  return isRecord(tool) && isRecord(tool.function) ? tool.function.name : undefined;
}
