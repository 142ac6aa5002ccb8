import { isRecord, nonEmptyString, type JsonRecord } from '../json-record';
import type { AnswerFacts, ChatReply } from '../provider-adapter';
import { readUsage } from '../usage/read-usage';

/**
 * Reads a whole answer; its bytes stay as they are. Blank lines before the JSON, DeepSeek's sign of life, are white
 * space to JSON and stay too.
 * @throws SyntaxError when the body is not JSON or not a chat completion.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function fromOpenAiReply(body: Buffer): ChatReply {
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
    usage: readUsage(completion.usage),
  };
  for (const choice of Array.isArray(completion.choices) ? completion.choices : []) {
    if (!isRecord(choice)) continue;
    facts.finishReasons.push(nonEmptyString(choice.finish_reason) ?? null);
    if (!isRecord(choice.message)) continue;
    const { tool_calls: toolCalls, function_call: functionCall, refusal } = choice.message;
    if ((Array.isArray(toolCalls) && toolCalls.length > 0) || isRecord(functionCall)) facts.hasToolCalls = true;
    if (nonEmptyString(refusal) !== undefined) facts.refused = true;
  }
  return facts;
}
