import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../../json-record';
import { outputOf } from '../../responses/response-facts';
import type { ReadReply, Translator, UpstreamCall, UpstreamFailure, UpstreamRequest } from '../../translator';
import { readUsage } from '../../usage/read-usage';
import { toOpenAiError } from '../openai-error';
import { openAiResponses } from '../responses/openai-responses';
import { errorOfResponse } from '../responses/response-errors';
import { ResponseAnswer } from './response-answer';
import { ResponseChunks } from './response-chunks';
import { responsesBody } from './responses-members';

/**
 * Chat completions over OpenAI's Responses, for models that have no chat completions. Nothing is stored at OpenAI: the
 * reasoning goes back encrypted.
 *
 * @see https://platform.openai.com/docs/guides/migrate-to-responses
 */
export const chatOverResponses: Translator = {
  keepsTurns: () => true,
  toRequest,
  fromReply: readResponse,
  openStream: (call) => new ResponseChunks(call),
  toError: (failure) => inChatNames(toOpenAiError(failure)),
  amend: withoutReasoning,
};

/** The caller's names of members that OpenAI's errors name. */
const CALLERS_NAMES: Readonly<Record<string, string>> = {
  max_output_tokens: 'max_completion_tokens',
  'reasoning.effort': 'reasoning_effort',
  'text.format': 'response_format',
  'text.verbosity': 'verbosity',
  input: 'messages',
  include: 'logprobs',
};

function toRequest(call: UpstreamCall): UpstreamRequest {
  const { body, dropped } = responsesBody(call);
  return { ...openAiResponses.toRequest({ ...call, body }), dropped };
}

/** Reads a response as its stream would have come, so that both give one answer. */
function readResponse(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const response = parseJson(text);
  if (!isRecord(response)) return { kind: 'unreadable', usage: undefined };
  const usage = readUsage(response.usage);
  if (response.status === 'failed')
    return { kind: 'error', text: JSON.stringify({ error: errorOfResponse(response) }), usage };
  if (Array.isArray(response.output)) return { kind: 'response', reply: answerOf(response, call).reply() };
  const isError = isRecord(response.error) || nonEmptyString(response.error ?? response.message) !== undefined;
  return isError ? { kind: 'error', text, usage } : { kind: 'unreadable', usage };
}

function answerOf(response: JsonRecord, call: UpstreamCall): ResponseAnswer {
  const answer = new ResponseAnswer(call);
  answer.start(response);
  for (const [index, item] of outputOf(response).entries()) answer.stopItem(index, item);
  answer.end(response);
  return answer;
}

/** Reasoning of another account, or of a model that was retired, cannot be read: the call goes again without any. */
function withoutReasoning(call: UpstreamCall, { status, body }: UpstreamFailure): UpstreamCall | undefined {
  const isUnreadable = status === 400 && body.includes('invalid_encrypted_content');
  return isUnreadable && !call.withoutReasoning ? { ...call, withoutReasoning: true } : undefined;
}

function inChatNames<Failure extends { param: string | null }>(error: Failure): Failure {
  const { param } = error;
  if (param === null) return error;
  const known = Object.keys(CALLERS_NAMES).find(
    (name) => param === name || param.startsWith(`${name}.`) || param.startsWith(`${name}[`),
  );
  return known === undefined ? error : { ...error, param: CALLERS_NAMES[known] ?? param };
}
