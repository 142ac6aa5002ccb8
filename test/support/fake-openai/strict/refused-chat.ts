import { type Json, isJson, unknownMembers } from '../chat-request';
import { invalidRequest, type VendorError } from '../exchange';
import { isReasoning, takesNoEffort } from './models';
import { schemaError, toolsError } from './refused-schemas';

const MESSAGE_MEMBERS: Readonly<Record<string, string>> = {
  system: 'role content name',
  developer: 'role content name',
  user: 'role content name',
  assistant: 'role content name refusal audio tool_calls function_call annotations',
  tool: 'role content tool_call_id',
  function: 'role content name',
};
const PARTS = ['text', 'image_url', 'input_audio', 'file', 'refusal'];
const FIXED = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'];
const LACKING = ['logprobs', 'top_logprobs', 'logit_bias', 'stop'];

/** What the vendor refuses besides the shape of the body; undefined for a valid request. @see https://platform.openai.com/docs/api-reference/chat/create */
export function refusedChat(body: Json, messages: Json[]): VendorError | undefined {
  const [unknown] = unknownMembers(body);
  if (unknown !== undefined) return invalidRequest(`Unrecognized request argument supplied: ${unknown}`);
  return (
    modelError(body) ??
    firstOf(messages, messageError) ??
    pairingError(messages) ??
    toolsError(body['tools'], (tool) => (isJson(tool['function']) ? tool['function'] : {}), 'tools') ??
    choiceError(body) ??
    formatError(body['response_format'])
  );
}

function modelError(body: Json): VendorError | undefined {
  const model = String(body['model']);
  const given = (name: string) => body[name] !== undefined && body[name] !== null;
  if (!isReasoning(model))
    return given('reasoning_effort')
      ? invalidRequest('Unrecognized request argument supplied: reasoning_effort')
      : undefined;
  if (given('max_tokens'))
    return unsupported(
      'max_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    );
  const lacking = LACKING.find(given);
  if (lacking) return unsupported(lacking, `Unsupported parameter: '${lacking}' is not supported with this model.`);
  const fixed = FIXED.find((name) => given(name) && body[name] !== (/penalty/.test(name) ? 0 : 1));
  if (fixed) {
    const text = `Unsupported value: '${fixed}' does not support ${String(body[fixed])} with this model. Only the default value is supported.`;
    return invalidRequest(text, fixed, 'unsupported_value');
  }
  const effort = String(body['reasoning_effort']);
  return takesNoEffort(model, effort)
    ? invalidRequest(
        `Unsupported value: 'reasoning_effort' does not support '${effort}' with this model.`,
        'reasoning_effort',
        'unsupported_value',
      )
    : undefined;
}

function messageError(message: Json, at: number): VendorError | undefined {
  const { role, content, tool_calls: calls } = message;
  const param = `messages[${at}]`;
  const members = MESSAGE_MEMBERS[String(role)];
  if (members === undefined)
    return invalidRequest(`Invalid value: '${String(role)}'.`, `${param}.role`, 'invalid_value');
  const unknown = Object.keys(message).find((name) => !members.split(' ').includes(name));
  if (unknown) return unknownParameter(`${param}.${unknown}`);
  for (const [index, part] of (Array.isArray(content) ? content : []).entries())
    if (!isJson(part) || !PARTS.includes(String(part['type'])))
      return invalidRequest(`Invalid value at ${param}.`, `${param}.content[${index}].type`, 'invalid_value');
  if ((content === undefined || content === null) && role !== 'assistant')
    return invalidRequest(`Missing required parameter: '${param}.content'.`, `${param}.content`);
  if ((content === undefined || content === null) && calls === undefined)
    return invalidRequest(`Invalid value for 'content': expected a string, got null.`, `${param}.content`);
  for (const [index, call] of (Array.isArray(calls) ? calls.filter(isJson) : []).entries()) {
    const extra = Object.keys(call).find((name) => !['id', 'type', 'function', 'custom'].includes(name));
    if (extra) return unknownParameter(`${param}.tool_calls[${index}].${extra}`);
  }
  return undefined;
}

/** Each call has its result behind its turn, and each result its call. */
function pairingError(messages: Json[]): VendorError | undefined {
  let open: unknown[] = [];
  const missing = () =>
    invalidRequest(
      `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
      'messages',
    );
  for (const { role, tool_calls: calls, tool_call_id: id } of messages) {
    if (role === 'tool') {
      if (!open.includes(id))
        return invalidRequest(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          'messages',
        );
      open = open.filter((each) => each !== id);
    } else {
      if (open.length > 0) return missing();
      open = Array.isArray(calls) ? calls.filter(isJson).map((call) => call['id']) : [];
    }
  }
  return open.length > 0 ? missing() : undefined;
}

function choiceError({ tool_choice: choice, tools, parallel_tool_calls: parallel }: Json): VendorError | undefined {
  if (Array.isArray(tools) && tools.length > 0) return undefined;
  if (Array.isArray(tools)) return invalidRequest("Invalid 'tools': empty array.", 'tools', 'empty_array');
  const [name] = [choice && 'tool_choice', parallel !== undefined && 'parallel_tool_calls'].filter(Boolean);
  return name
    ? invalidRequest(
        `Invalid value for '${String(name)}': '${String(name)}' is only allowed when 'tools' are specified.`,
      )
    : undefined;
}

function formatError(format: unknown): VendorError | undefined {
  if (!isJson(format) || format['type'] !== 'json_schema') return undefined;
  const { name, schema, strict } = isJson(format['json_schema']) ? format['json_schema'] : {};
  if (typeof name !== 'string')
    return invalidRequest("Missing required parameter: 'response_format.json_schema.name'.", 'response_format');
  return strict === true ? schemaError(schema, `response_format '${name}'`, 'response_format') : undefined;
}

function firstOf(items: Json[], check: (item: Json, at: number) => VendorError | undefined): VendorError | undefined {
  for (const [at, item] of items.entries()) {
    const error = check(item, at);
    if (error) return error;
  }
  return undefined;
}

export function unknownParameter(param: string): VendorError {
  return invalidRequest(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
}

function unsupported(param: string, message: string): VendorError {
  return invalidRequest(message, param, 'unsupported_parameter');
}
