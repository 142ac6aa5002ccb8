import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nameOf, nonEmptyString, parseJson } from '../../json-record';
import type { AnswerFacts, ReadReply } from '../../translator';
import { billedTier, billedUsage } from '../../usage/anthropic-usage';

/** The gateway's finish reasons, for the vendor's. @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  pause_turn: 'length',
  compaction: 'length',
  refusal: 'content_filter',
};
/** Blocks that are not the answer itself. */
const REASONING = new Set(['thinking', 'redacted_thinking']);

/** Reads a body with status 200; the bytes of a message do not change. */
export function readMessage(body: Buffer): ReadReply {
  const text = body.toString();
  const message = parseJson(text);
  if (!isRecord(message)) return { kind: 'unreadable', usage: undefined };
  if (message.type === 'message' && Array.isArray(message.content))
    return { kind: 'response', reply: { body, facts: messageFacts(message) } };
  const usage = isRecord(message.usage) ? billedUsage(message.usage) : undefined;
  return isError(message) ? { kind: 'error', text, usage } : { kind: 'unreadable', usage };
}

/** Whether a body has an error in place of a message. */
export function isError({ type, error }: JsonRecord): boolean {
  return type === 'error' || isRecord(error);
}

/** The facts of a parsed message. */
export function messageFacts(message: JsonRecord): AnswerFacts {
  const { model, stop_reason: reason, content, usage } = message;
  const blocks = Array.isArray(content) ? content.filter(isRecord) : [];
  const stopped = nonEmptyString(reason);
  const counts = isRecord(usage) ? usage : undefined;
  return {
    upstreamModel: nameOf(model),
    systemFingerprint: undefined,
    serviceTier: billedTier(counts),
    finishReasons: [stopped === undefined ? null : (FINISH_REASONS[stopped] ?? stopped)],
    hasToolCalls: blocks.some(({ type }) => type === 'tool_use'),
    refused: stopped === 'refusal',
    failed: false,
    empty: !blocks.some((block) => !REASONING.has(String(block.type)) && block.text !== ''),
    usage: billedUsage(counts),
  };
}

/** A message without its thinking, which is bound to the credential and the conversation that it was written for. */
export function withoutThinking(reply: Buffer): Buffer {
  if (!reply.includes('thinking"')) return reply;
  const message = parseExact(reply.toString());
  if (!isRecord(message) || !Array.isArray(message.content)) return reply;
  const content = message.content.filter((block) => !isRecord(block) || !REASONING.has(String(block.type)));
  return content.length === message.content.length
    ? reply
    : Buffer.from(String(stringifyExact({ ...message, content })));
}
