import { InvalidRequestError } from '../../endpoint';
import { FLEX } from '../../flex-tier';
import { isRecord, type JsonRecord } from '../../json-record';
import { type UpstreamCall, UnsupportedMemberError } from '../../translator';
import { chatMessages } from './chat-messages';

/** Members that chat completions has under the same name. */
const SAME = ['temperature', 'top_p', 'stream'] as const;
/** Members that are translated below, or that have no effect on the answer. */
const KNOWN = new Set<string>([
  ...SAME,
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'metadata',
  'service_tier',
  'cache_control',
]);
/**
 * Resources and features of Anthropic's own platform. `context_management` is dropped: it only shortens what the model reads, and
 * Claude Code sends it with each request.
 */
const REFUSED = new Set(['mcp_servers', 'container', 'thread', 'inference_geo']);
/** Anthropic's efforts that OpenAI's `reasoning_effort` lacks. */
const EFFORTS: Readonly<Record<string, string>> = { max: 'xhigh' };
/** A budget of thinking tokens up to which an effort stands for it. */
const BUDGETS: readonly (readonly [tokens: number, effort: string])[] = [
  [2_048, 'low'],
  [8_192, 'medium'],
  [Infinity, 'high'],
];

/** A chat request in place of one for messages, with the members that it cannot carry. */
export interface ChatBody {
  body: JsonRecord;
  dropped: string[];
}

/**
 * The chat request that asks the same as a request for messages. The limit of output tokens is not in it: translators know the
 * vendor's member for it.
 *
 * @throws InvalidRequestError, UnsupportedMemberError that name the member
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function chatBody({ body: asked, reasons }: UpstreamCall): ChatBody {
  const refused = Object.keys(asked).find((name) => REFUSED.has(name) && isSent(asked[name]));
  if (refused !== undefined)
    throw new UnsupportedMemberError(`Only Anthropic's own models take '${refused}'.`, refused);
  if (asked.max_tokens === 0)
    throw new InvalidRequestError("'max_tokens' must be at least 1: only Anthropic's own models take 0.", 'max_tokens');
  const dropped = Object.keys(asked).filter((name) => !KNOWN.has(name) && isSent(asked[name]));
  const body: JsonRecord = { model: asked.model, messages: chatMessages(asked) };
  for (const name of SAME) if (asked[name] !== undefined) body[name] = asked[name];
  if (Array.isArray(asked.stop_sequences) && asked.stop_sequences.length > 0) body.stop = asked.stop_sequences;
  if (Array.isArray(asked.tools) && asked.tools.length > 0) body.tools = asked.tools.map(chatTool);
  Object.assign(body, toolChoice(asked.tool_choice), outputFormat(asked.output_config));
  const effort = reasoningEffort(asked);
  if (effort !== undefined && reasons === false) dropped.push('output_config.effort');
  else if (effort !== undefined) body.reasoning_effort = effort;
  if (isRecord(asked.metadata) && typeof asked.metadata.user_id === 'string') body.user = asked.metadata.user_id;
  if (asked.service_tier === 'standard_only') body.service_tier = 'default';
  // Lines of batches ask for it at vendors that have it.
  if (asked.service_tier === FLEX) body.service_tier = FLEX;
  return { body, dropped };
}

function isSent(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function chatTool(tool: unknown, index: number): JsonRecord {
  const at = `tools.${index}`;
  if (!isRecord(tool)) throw new InvalidRequestError(`'${at}' must be an object.`, at);
  const { type = 'custom', name, description, input_schema: parameters, strict } = tool;
  if (type !== 'custom') {
    throw new UnsupportedMemberError(
      `Only Anthropic's own models have the tool type ${JSON.stringify(type)}. Use tools with an 'input_schema'.`,
      `${at}.type`,
    );
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

const CHOICES: Readonly<Record<string, string>> = { auto: 'auto', any: 'required', none: 'none' };

function toolChoice(choice: unknown): JsonRecord {
  if (!isRecord(choice)) return {};
  const parallel = choice.disable_parallel_tool_use === true ? { parallel_tool_calls: false } : {};
  if (choice.type === 'tool')
    return { tool_choice: { type: 'function', function: { name: choice.name } }, ...parallel };
  const chosen = CHOICES[String(choice.type)];
  return chosen === undefined ? parallel : { tool_choice: chosen, ...parallel };
}

function outputFormat(config: unknown): JsonRecord {
  const format = isRecord(config) ? config.format : undefined;
  if (!isRecord(format) || format.type !== 'json_schema') return {};
  const schema = { name: 'answer', schema: format.schema, strict: true };
  return { response_format: { type: 'json_schema', json_schema: schema } };
}

/** The effort that is asked for: by its name, or by a budget of thinking tokens. */
function reasoningEffort({ thinking, output_config: config }: JsonRecord): string | undefined {
  const effort = isRecord(config) ? config.effort : undefined;
  const isOff = isRecord(thinking) && thinking.type === 'disabled';
  if (typeof effort === 'string' && !isOff) return EFFORTS[effort] ?? effort;
  const budget = isRecord(thinking) && thinking.type === 'enabled' ? Number(thinking.budget_tokens) : Number.NaN;
  return BUDGETS.find(([tokens]) => budget <= tokens)?.[1];
}
