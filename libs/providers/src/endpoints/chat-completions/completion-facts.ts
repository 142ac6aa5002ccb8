import { isRecord, nameOf, nonEmptyString, parseJson, type JsonRecord } from '../../json-record';
import type { AnswerFacts, ReadReply } from '../../translator';
import { readUsage } from '../../usage/read-usage';

/**
 * Reads a body with status 200; the bytes of a response do not change. DeepSeek sends blank lines before the JSON as
 * keep-alive; they are white space in JSON and stay. OpenRouter and others send errors with status 200.
 *
 * @param shape the completion in OpenAI's shape; the same object where it has it
 * @see https://platform.openai.com/docs/api-reference/chat/object
 * @see https://openrouter.ai/docs/api-reference/errors
 */
export function readCompletion(body: Buffer, shape?: (completion: JsonRecord) => JsonRecord): ReadReply {
  const text = body.toString();
  const parsed = parseJson(text);
  // Gemini's OpenAI-compatible API sends errors in a list.
  const completion: unknown = Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed;
  if (!isRecord(completion)) return { kind: 'unreadable', usage: undefined };
  const { choices } = completion;
  if (Array.isArray(choices) && completion === parsed && !(choices.length === 0 && isSet(completion.error))) {
    const shaped = shape?.(completion) ?? completion;
    const bytes = shaped === completion ? body : Buffer.from(JSON.stringify(shaped));
    return { kind: 'response', reply: { body: bytes, facts: completionFacts(shaped) } };
  }
  const usage = readUsage(completion.usage);
  if (!isError(completion)) return { kind: 'unreadable', usage };
  return { kind: 'error', text, usage };
}

/** Errors in the shapes of OpenAI, of vLLM before 0.10, of FastAPI, Cloudflare and Zhipu. */
function isError({ error, errors, object, message, msg, detail }: JsonRecord): boolean {
  const text = nonEmptyString(message) ?? nonEmptyString(msg);
  return isSet(error) || isSet(errors) || object === 'error' || text !== undefined || isSet(detail);
}

/** The facts of a parsed `chat.completion`. */
export function completionFacts(completion: JsonRecord): AnswerFacts {
  const facts: AnswerFacts = {
    upstreamModel: nameOf(completion.model),
    systemFingerprint: nameOf(completion.system_fingerprint),
    serviceTier: nameOf(completion.service_tier),
    finishReasons: [],
    hasToolCalls: false,
    refused: false,
    failed: isSet(completion.error),
    empty: false,
    usage: readUsage(completion.usage),
  };
  for (const choice of Array.isArray(completion.choices) ? completion.choices : []) {
    const { finish_reason: reason, message, error } = isRecord(choice) ? choice : {};
    facts.finishReasons.push(nonEmptyString(reason) ?? null);
    if (isSet(error)) facts.failed = true;
    if (!isRecord(message) || !hasContent(message)) facts.empty = true;
    if (!isRecord(message)) continue;
    const { tool_calls: toolCalls, function_call: functionCall, refusal } = message;
    if ((Array.isArray(toolCalls) && toolCalls.length > 0) || isRecord(functionCall)) facts.hasToolCalls = true;
    if (nonEmptyString(refusal) !== undefined) facts.refused = true;
  }
  return facts;
}

/** Members of a message that are not its content. */
const NO_CONTENT = new Set(['role', 'name', 'annotations', 'reasoning', 'reasoning_content', 'reasoning_details']);

function hasContent(message: JsonRecord): boolean {
  return Object.keys(message).some((name) => !NO_CONTENT.has(name) && isSet(message[name]));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}
