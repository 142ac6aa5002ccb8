import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { AnswerFacts, Reply } from '../../translator';
import { readUsage } from '../../usage/read-usage';

/**
 * Reads a whole answer; its bytes stay as they are. Blank lines before the JSON, which DeepSeek sends to keep the
 * connection alive, are white space to JSON and stay too.
 * @throws SyntaxError when the body is not JSON or not a chat completion.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function readCompletion(body: Buffer): Reply {
  const completion: unknown = JSON.parse(body.toString());
  if (!isRecord(completion) || !Array.isArray(completion.choices)) {
    throw new SyntaxError('The upstream answered with JSON that is not a chat completion.');
  }
  return { body, facts: completionFacts(completion) };
}

/** What the gateway needs to know of a parsed `chat.completion`. */
export function completionFacts(completion: JsonRecord): AnswerFacts {
  const facts: AnswerFacts = {
    upstreamModel: nonEmptyString(completion.model),
    systemFingerprint: nonEmptyString(completion.system_fingerprint),
    finishReasons: [],
    hasToolCalls: false,
    refused: false,
    failed: told(completion.error),
    empty: false,
    usage: readUsage(completion.usage),
  };
  for (const choice of Array.isArray(completion.choices) ? completion.choices : []) {
    const { finish_reason: reason, message, error } = isRecord(choice) ? choice : {};
    facts.finishReasons.push(nonEmptyString(reason) ?? null);
    if (told(error)) facts.failed = true;
    if (!isRecord(message) || !saysSomething(message)) facts.empty = true;
    if (!isRecord(message)) continue;
    const { tool_calls: toolCalls, function_call: functionCall, refusal } = message;
    if ((Array.isArray(toolCalls) && toolCalls.length > 0) || isRecord(functionCall)) facts.hasToolCalls = true;
    if (nonEmptyString(refusal) !== undefined) facts.refused = true;
  }
  return facts;
}

/** Members that are about a message, and are not what it says. */
const ASIDES = new Set(['role', 'name', 'annotations', 'reasoning', 'reasoning_content', 'reasoning_details']);

function saysSomething(message: JsonRecord): boolean {
  return Object.keys(message).some((name) => !ASIDES.has(name) && told(message[name]));
}

function told(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}
