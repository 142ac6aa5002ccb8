import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { ENCRYPTED_REASONING } from '../responses/openai-responses';
import { inputItems } from './input-items';
import { responsesTool, responsesToolChoice } from './responses-tools';

/** Members that mean the same in Responses, with their names there. */
const SAME: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  temperature: 'temperature',
  top_p: 'top_p',
  top_logprobs: 'top_logprobs',
  parallel_tool_calls: 'parallel_tool_calls',
  metadata: 'metadata',
  user: 'user',
  safety_identifier: 'safety_identifier',
  service_tier: 'service_tier',
  prompt_cache_key: 'prompt_cache_key',
  prompt_cache_options: 'prompt_cache_options',
  prompt_cache_retention: 'prompt_cache_retention',
};
/** Members that are translated one by one, or that the gateway itself obeys. */
const TRANSLATED: ReadonlySet<string> = new Set(
  `model messages stream stream_options store tools tool_choice response_format verbosity reasoning_effort reasoning
  logprobs`.split(/\s+/),
);
/** Members without a place in Responses, and without which the answer would be another one: what to do about each. */
const REFUSED: Readonly<Record<string, string>> = {
  n: 'must be 1 for this model, which writes one choice; send the request several times',
  stop: 'is not taken by this model; leave it out',
  audio: 'is not taken by this model, which writes text; leave it out',
  modalities: 'must be ["text"] for this model',
  web_search_options: 'is not taken in chat completions of this model; use /v1/responses with the tool "web_search"',
  functions: 'is not taken by this model; send the functions as "tools"',
  function_call: 'is not taken by this model; send it as "tool_choice"',
};
/** Values by which these ask for nothing. */
const ASKS_NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  stop: (value) => value === '' || (Array.isArray(value) && value.length === 0),
  modalities: (value) => Array.isArray(value) && value.every((each) => each === 'text'),
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
};
const LOGPROBS = 'message.output_text.logprobs';

/** A request in the shape of Responses, and the members of the caller's that it lacks. */
export interface ResponsesBody {
  body: JsonRecord;
  dropped: string[];
}

/**
 * A chat request as one of Responses.
 *
 * @throws UnsupportedMemberError that names a member without which the answer would be another one
 * @throws InvalidRequestError where a message is wrong in any API
 * @see https://platform.openai.com/docs/guides/migrate-to-responses
 */
export function responsesBody(call: UpstreamCall): ResponsesBody {
  const { body: chat, reasons } = call;
  const dropped = new Set(lostMembers(chat));
  const body: JsonRecord = { input: inputItems(call, dropped) };
  for (const [name, theirs] of Object.entries(SAME)) if (isSet(chat[name])) body[theirs] = chat[name];
  const tools = Array.isArray(chat.tools) ? chat.tools : [];
  if (tools.length > 0) body.tools = tools.map((tool, index) => responsesTool(tool, `tools.${index}`));
  if (isSet(chat.tool_choice) && tools.length > 0) body.tool_choice = responsesToolChoice(chat.tool_choice);
  const text = { ...formatOf(chat.response_format), ...(isSet(chat.verbosity) && { verbosity: chat.verbosity }) };
  if (Object.keys(text).length > 0) body.text = text;
  const reasoning = {
    ...(isRecord(chat.reasoning) && chat.reasoning),
    ...(isSet(chat.reasoning_effort) && { effort: chat.reasoning_effort }),
  };
  if (Object.keys(reasoning).length > 0) body.reasoning = reasoning;
  const include = [...(reasons === false ? [] : [ENCRYPTED_REASONING]), ...(chat.logprobs === true ? [LOGPROBS] : [])];
  if (include.length > 0) body.include = include;
  return { body, dropped: [...dropped] };
}

/** Members that the request lacks. @throws UnsupportedMemberError for one that changes the answer */
function lostMembers(body: JsonRecord): string[] {
  const lost = body.store === true ? ['store'] : [];
  for (const [name, value] of Object.entries(body)) {
    if (!isSet(value) || Object.hasOwn(SAME, name) || TRANSLATED.has(name)) continue;
    if (Object.hasOwn(ASKS_NOTHING, name) && ASKS_NOTHING[name]?.(value) === true) continue;
    if (Object.hasOwn(REFUSED, name)) throw new UnsupportedMemberError(`'${name}' ${REFUSED[name]}.`, name);
    lost.push(name);
  }
  return lost;
}

/** @see https://platform.openai.com/docs/guides/structured-outputs?api-mode=responses */
function formatOf(asked: unknown): { format?: JsonRecord } {
  if (!isRecord(asked) || asked.type === 'text') return {};
  if (asked.type !== 'json_schema') return { format: { ...asked } };
  if (isRecord(asked.json_schema)) return { format: { type: 'json_schema', ...asked.json_schema } };
  const param = 'response_format.json_schema';
  throw new InvalidRequestError(`'${param}' is required for the type "json_schema".`, param);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
