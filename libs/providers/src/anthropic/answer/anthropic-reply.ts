import { parseExact } from '../../exact-json';
import { isError } from '../../endpoints/messages/message-facts';
import { isRecord, type JsonRecord } from '../../json-record';
import type { ReadReply, UpstreamCall } from '../../translator';
import { AnthropicAnswer } from './anthropic-answer';
import { billedUsage } from '../../usage/anthropic-usage';

/**
 * Reads a message as its stream would have come, so that both give one answer.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function readMessage(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const message = parsed(text);
  if (!isRecord(message)) return { kind: 'unreadable', usage: undefined };
  const usage = billedUsage(isRecord(message.usage) ? message.usage : undefined);
  if (isError(message)) return { kind: 'error', text, usage };
  if (!Array.isArray(message.content)) return { kind: 'unreadable', usage };
  return { kind: 'response', reply: answerOf(message, call).reply() };
}

function answerOf(message: JsonRecord, call: UpstreamCall): AnthropicAnswer {
  const answer = new AnthropicAnswer(call, false);
  answer.start(message);
  // For one without a reason to end.
  answer.end({}, message.usage);
  answer.usageChunk();
  return answer;
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
