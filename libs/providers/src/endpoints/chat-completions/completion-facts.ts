import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { AnswerFacts, Reply } from '../../translator';
import { readUsage } from '../../usage/read-usage';

/**
 * Reads a complete response; its bytes do not change. DeepSeek sends blank lines before the JSON as keep-alive; they are
 * white space in JSON and stay.
 *
 * @throws SyntaxError when the body is not JSON or not a chat completion
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function readCompletion(body: Buffer): Reply {
  const completion: unknown = JSON.parse(body.toString());
  if (!isRecord(completion) || !Array.isArray(completion.choices)) {
    throw new SyntaxError('The upstream sent JSON that is not a chat completion.');
  }
  return { body, facts: completionFacts(completion) };
}

/** The facts of a parsed `chat.completion`. */
export function completionFacts(completion: JsonRecord): AnswerFacts {
  const facts: AnswerFacts = {
    upstreamModel: nonEmptyString(completion.model),
    systemFingerprint: nonEmptyString(completion.system_fingerprint),
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
