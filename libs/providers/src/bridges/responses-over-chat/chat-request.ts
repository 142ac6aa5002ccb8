import { isRecord, type JsonRecord } from '../../json-record';
import { InvalidRequestError } from '../../endpoint';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { chatMessages } from './chat-messages';
import { chatTool, chatToolChoice, functionTools } from './chat-tools';

/** Members that mean the same in chat completions, with their names there. */
const SAME: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'top_p',
  max_output_tokens: 'max_completion_tokens',
  parallel_tool_calls: 'parallel_tool_calls',
  user: 'user',
  safety_identifier: 'safety_identifier',
  service_tier: 'service_tier',
  prompt_cache_key: 'prompt_cache_key',
  prompt_cache_options: 'prompt_cache_options',
  prompt_cache_retention: 'prompt_cache_retention',
};
/** Members that are translated or that the gateway itself obeys. */
const TRANSLATED: ReadonlySet<string> = new Set(
  `model input instructions tools tool_choice text reasoning include stream stream_options store metadata background
  truncation top_logprobs previous_response_id conversation prompt`.split(/\s+/),
);
/** The caller's names of what a translator of chat completions reports. */
const CALLERS_NAMES: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_output_tokens',
  max_tokens: 'max_output_tokens',
  messages: 'input',
  reasoning_effort: 'reasoning.effort',
  response_format: 'text.format',
  verbosity: 'text.verbosity',
  logprobs: 'include',
};
const LOGPROBS = 'message.output_text.logprobs';
/** Asks for reasoning that can be sent back. */
export const ENCRYPTED_REASONING = 'reasoning.encrypted_content';

/**
 * The call in the shape of chat completions.
 *
 * @see https://platform.openai.com/docs/guides/migrate-to-responses
 */
export function toChatCall(call: UpstreamCall): UpstreamCall {
  const { body } = call;
  const chat: JsonRecord = { model: body.model, messages: chatMessages(body) };
  for (const [name, chatName] of Object.entries(SAME)) if (isSet(body[name])) chat[chatName] = body[name];
  const tools = functionTools(body.tools);
  if (tools.length > 0) chat.tools = tools.map(chatTool);
  const choice = chatToolChoice(body.tool_choice);
  if (choice !== undefined && tools.length > 0) chat.tool_choice = choice;
  const { effort } = isRecord(body.reasoning) ? body.reasoning : {};
  if (isSet(effort)) chat.reasoning_effort = effort;
  Object.assign(chat, textMembers(body.text), logprobMembers(body));
  if (call.stream) chat.stream = true;
  return { ...call, body: chat };
}

/** `text.format` and `text.verbosity`. @see https://platform.openai.com/docs/guides/structured-outputs */
function textMembers(text: unknown): JsonRecord {
  if (!isRecord(text)) return {};
  const verbosity = isSet(text.verbosity) ? { verbosity: text.verbosity } : {};
  if (!isRecord(text.format) || text.format.type === 'text') return verbosity;
  const { type, ...schema } = text.format;
  const format = type === 'json_schema' ? { type, json_schema: schema } : { type };
  return { ...verbosity, response_format: format };
}

function logprobMembers({ include, top_logprobs: most }: JsonRecord): JsonRecord {
  if (!includes(include, LOGPROBS)) return {};
  return { logprobs: true, ...(isSet(most) && { top_logprobs: most }) };
}

/** Whether the caller asks for what responses do not always have. */
export function includes(include: unknown, name: string): boolean {
  return Array.isArray(include) && include.includes(name);
}

/** Members of the caller's body that the bridge does not translate. */
export function droppedMembers(body: JsonRecord): string[] {
  const unknown = Object.keys(body).filter(
    (name) => isSet(body[name]) && !Object.hasOwn(SAME, name) && !TRANSLATED.has(name),
  );
  return body.truncation === 'auto' ? [...unknown, 'truncation'] : unknown;
}

/** The caller's name of a member of the chat request, for example `reasoning.effort`. */
export function callersName(chatName: string): string {
  const [first = ''] = chatName.split(/[.[]/);
  return CALLERS_NAMES[first] ?? chatName;
}

/** An error of the chat translator that names the caller's member. */
export function inCallersNames(error: unknown): unknown {
  if (error instanceof UnsupportedMemberError)
    return new UnsupportedMemberError(error.message, callersName(error.param), error.status);
  if (error instanceof InvalidRequestError && error.param !== null)
    return new InvalidRequestError(error.message, callersName(error.param));
  return error;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
