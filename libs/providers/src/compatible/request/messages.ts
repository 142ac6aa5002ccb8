import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { UpstreamCall } from '../../translator';
import type { RequestRules } from '../quirks';
import { type Draft, mapped, omitted } from './draft';
import { replayReasoning } from './replayed-reasoning';
import { NineLetterIds } from './tool-ids';

/** Writes the messages as the vendor takes them. */
export function placeMessages(draft: Draft, rules: RequestRules, { turns }: Pick<UpstreamCall, 'turns'>): void {
  const { messages } = draft.body;
  if (!Array.isArray(messages)) return;
  const ids = rules.toolIds === undefined ? undefined : new NineLetterIds();
  draft.body.messages = mapped(messages, (message, index) => {
    if (!isRecord(message)) return message;
    const placed = placeRole(message, messages[index - 1], rules, draft);
    const named = rules.namelessMessages ? withoutName(placed, draft) : placed;
    const written = named.role === 'assistant' ? assistantMessage(named, rules, turns) : named;
    return ids ? withIds(written, ids) : written;
  });
}

function placeRole(message: JsonRecord, before: unknown, rules: RequestRules, draft: Draft): JsonRecord {
  const isInstruction = message.role === 'system' || message.role === 'developer';
  if (!isInstruction) return message;
  if (rules.systemAfterTool !== undefined && isRecord(before) && before.role === 'tool') {
    draft.dropped.add('messages.role');
    return { ...message, role: rules.systemAfterTool };
  }
  const { developerRole } = rules;
  return developerRole !== undefined && message.role === 'developer' ? { ...message, role: developerRole } : message;
}

/** The name of a tool's result says nothing new. */
function withoutName(message: JsonRecord, draft: Draft): JsonRecord {
  if (message.role !== 'tool' && nonEmptyString(message.name) !== undefined) draft.dropped.add('messages.name');
  return omitted(message, ['name']);
}

/** Clients send whole messages of earlier answers back, with members that some vendors refuse. */
function assistantMessage(message: JsonRecord, rules: RequestRules, turns: UpstreamCall['turns']): JsonRecord {
  const replayed = replayReasoning(message, rules, turns);
  const { assistantMembers: taken } = rules;
  // Google's continuation token is beside the content.
  if (taken === undefined)
    return rules.replay === undefined ? replayed : withPlainCalls(omitted(replayed, ['extra_content']));
  const refusal = nonEmptyString(replayed.refusal);
  const content = replayed.content ?? refusal;
  const others = Object.keys(replayed).filter((name) => !taken.includes(name));
  const rest = omitted(replayed, others);
  const calls = Array.isArray(rest.tool_calls) ? mapped(rest.tool_calls, plainCall) : rest.tool_calls;
  if (rest === message && content === message.content && calls === message.tool_calls) return message;
  return { ...rest, ...(content !== undefined && { content }), ...(calls !== undefined && { tool_calls: calls }) };
}

function withPlainCalls(message: JsonRecord): JsonRecord {
  const { tool_calls: calls } = message;
  const plain = Array.isArray(calls) ? mapped(calls, plainCall) : calls;
  return plain === calls ? message : { ...message, tool_calls: plain };
}

/** Google's signatures are beside the functions. */
function plainCall(call: unknown): unknown {
  return isRecord(call) ? omitted(call, ['extra_content', 'index']) : call;
}

function withIds(message: JsonRecord, ids: NineLetterIds): JsonRecord {
  const { tool_call_id: answered, tool_calls: calls } = message;
  if (typeof answered === 'string') return { ...message, tool_call_id: ids.of(answered) };
  if (!Array.isArray(calls)) return message;
  const renamed = calls.map((call: unknown) =>
    isRecord(call) && typeof call.id === 'string' ? { ...call, id: ids.of(call.id) } : call,
  );
  return { ...message, tool_calls: renamed };
}
