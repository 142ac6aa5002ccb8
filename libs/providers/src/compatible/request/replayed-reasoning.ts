import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import { wholeText } from '../../passed-values';
import type { VendorTurn } from '../../translator';
import type { RequestRules } from '../quirks';
import { omitted } from './draft';

/** Members in which clients send a turn's reasoning back. */
const MEMBERS = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks'];

/** The shape of a turn whose reasoning is a text. */
export const REASONING_TEXT = 'reasoning-text-v1';

/**
 * An assistant's message with its reasoning as the vendor takes it: in one member, or not at all. A turn with tool calls whose
 * reasoning the client has dropped gets it from the kept turns, else an empty one: without the member the vendor refuses it.
 *
 * @see https://api-docs.deepseek.com/guides/thinking_mode
 */
export function replayReasoning(
  message: JsonRecord,
  { replay, replayMember = 'reasoning_content' }: RequestRules,
  turns: ReadonlyMap<string, VendorTurn> | undefined,
): JsonRecord {
  if (replay === undefined) return message;
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const isSent = replay === 'all' || (replay === 'tool-calls' && calls.length > 0);
  if (!isSent) return omitted(message, MEMBERS);
  const text = reasoningText(message) ?? keptText(calls, turns) ?? (calls.length > 0 ? '' : undefined);
  if (text === message[replayMember] && MEMBERS.every((name) => name === replayMember || message[name] === undefined))
    return message;
  const rest = omitted(message, MEMBERS);
  return text === undefined ? rest : { ...rest, [replayMember]: text };
}

/** The text of a message's reasoning, in whichever member; undefined without one. */
export function reasoningText(message: JsonRecord): string | undefined {
  const plain = wholeText(message.reasoning_content) ?? wholeText(message.reasoning);
  return plain ?? textOfBlocks(message.reasoning_details) ?? textOfBlocks(message.thinking_blocks);
}

function textOfBlocks(blocks: unknown): string | undefined {
  if (!Array.isArray(blocks)) return undefined;
  const texts = blocks.map((block) =>
    isRecord(block) ? (wholeText(block.text) ?? wholeText(block.thinking) ?? wholeText(block.summary) ?? '') : '',
  );
  return nonEmptyString(texts.join(''));
}

function keptText(calls: readonly unknown[], turns: ReadonlyMap<string, VendorTurn> | undefined): string | undefined {
  for (const call of turns ? calls : []) {
    const turn = isRecord(call) && typeof call.id === 'string' ? turns?.get(call.id) : undefined;
    if (turn?.format === REASONING_TEXT) return nonEmptyString(turn.content);
  }
  return undefined;
}
