import { isRecord, type JsonRecord } from '../../json-record';

/**
 * Whether the request forces a call of one function: by its name, also in the older `function_call`, or as the only tool of
 * which one is required.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice
 */
export function forcesTool({ tool_choice: choice, tools, function_call: functionCall }: JsonRecord): boolean {
  if (choice === 'required' || choice === 'any') return Array.isArray(tools) && tools.length === 1;
  if (!isRecord(choice)) return isRecord(functionCall) && typeof functionCall.name === 'string';
  if (choice.type === 'function' || choice.type === 'custom') return true;
  const allowed = choice.type === 'allowed_tools' && choice.allowed_tools;
  return isRecord(allowed) && allowed.mode === 'required' && Array.isArray(allowed.tools) && allowed.tools.length === 1;
}
