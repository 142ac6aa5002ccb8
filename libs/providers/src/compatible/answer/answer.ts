import { readCompletion } from '../../endpoints/chat-completions/completion-facts';
import { isRecord, parseJson, type JsonRecord } from '../../json-record';
import type { ReadReply, Reply } from '../../translator';
import type { AnswerQuirks } from '../quirks';
import { REASONING_TEXT, reasoningText } from '../request/replayed-reasoning';
import { errorIn, openAiShape } from './openai-shape';

/** Reads a body with status 200. Its bytes pass where it has OpenAI's shape. */
export function readAnswer(body: Buffer, quirks: AnswerQuirks): ReadReply {
  const read = readCompletion(body, (completion) => openAiShape(completion, quirks));
  if (read.kind !== 'response' || !isFree(read.reply)) return read;
  const answer = parseJson(read.reply.body.toString());
  const error = isRecord(answer) ? errorIn(answer) : undefined;
  return error === undefined ? read : { kind: 'error', text: JSON.stringify({ error }) };
}

/** Whether a response failed without content or a charge: another attempt may succeed. */
function isFree({ facts: { failed, empty, usage } }: Reply): boolean {
  return failed && empty && !usage?.outputTokens;
}

/** The response with the turn's reasoning, for a vendor that wants it again with the results of the turn's tools. */
export function withTurn(reply: Reply): Reply {
  if (!reply.facts.hasToolCalls) return reply;
  const answer = parseJson(reply.body.toString());
  const choice: unknown = isRecord(answer) && Array.isArray(answer.choices) ? answer.choices[0] : undefined;
  const message = isRecord(choice) && isRecord(choice.message) ? choice.message : {};
  const [content, toolCallIds] = [reasoningText(message), idsOf(message)];
  return content === undefined || toolCallIds.length === 0
    ? reply
    : { ...reply, turn: { toolCallIds, turn: { format: REASONING_TEXT, content } } };
}

function idsOf({ tool_calls: calls }: JsonRecord): string[] {
  return (Array.isArray(calls) ? calls : []).flatMap((call) =>
    isRecord(call) && typeof call.id === 'string' ? [call.id] : [],
  );
}
