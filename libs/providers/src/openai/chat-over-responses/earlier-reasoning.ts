import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { Reply, UpstreamCall, VendorTurn } from '../../translator';
import { isText } from './input-parts';

/** The shape of a turn of Responses: its items. @see https://openrouter.ai/docs/use-cases/reasoning-tokens */
export const RESPONSES_FORMAT = 'openai-responses-v1';

/**
 * A turn of the assistant with its reasoning, in the order in which the model wrote it: as the gateway has kept it where its
 * text and its calls are unchanged, else with the reasoning that the client sent back.
 *
 * @param plain the message's text and calls as items
 * @see https://platform.openai.com/docs/guides/reasoning#keeping-reasoning-items-in-context
 */
export function withReasoning(plain: JsonRecord[], message: JsonRecord, call: UpstreamCall): JsonRecord[] {
  if (call.withoutReasoning === true) return plain;
  return keptItems(plain, call.turns) ?? placed(plain, sentReasoning(message.reasoning_details));
}

/** The turn to keep: of a response with reasoning that waits for the result of a tool; nothing is missing in any other. */
export function turnToKeep(items: readonly JsonRecord[]): Reply['turn'] {
  const calls = items.filter(isCall);
  const hasReasoning = items.some(({ type, encrypted_content: data }) => type === 'reasoning' && isText(data));
  if (!hasReasoning || calls.length === 0) return undefined;
  const toolCallIds = calls.flatMap(({ call_id: id }) => nonEmptyString(id) ?? []);
  return { toolCallIds, turn: { format: RESPONSES_FORMAT, content: items } };
}

function keptItems(
  plain: readonly JsonRecord[],
  turns: ReadonlyMap<string, VendorTurn> | undefined,
): JsonRecord[] | undefined {
  const calls = plain.filter(isCall);
  const turn = turns?.get(String(calls[0]?.call_id));
  if (turn?.format !== RESPONSES_FORMAT || !Array.isArray(turn.content)) return undefined;
  const kept = turn.content.filter(isRecord);
  const keptCalls = kept.filter(isCall);
  if (keptCalls.length !== calls.length || textOf(kept) !== textOf(plain)) return undefined;
  return keptCalls.every((each, index) => isSameCall(each, calls[index])) ? kept : undefined;
}

function isCall({ type }: JsonRecord): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

function isSameCall(kept: JsonRecord, sent: JsonRecord | undefined): boolean {
  if (sent === undefined || kept.call_id !== sent.call_id || kept.name !== sent.name) return false;
  return kept.type === 'custom_tool_call'
    ? String(kept.input) === String(sent.input)
    : canonical(kept.arguments) === canonical(sent.arguments);
}

/** Clients may write arguments with other white space. */
function canonical(json: unknown): string {
  const text = isText(json) ? String(json) : '';
  try {
    return String(stringifyExact(parseExact(text)));
  } catch {
    return text;
  }
}

/** What the items say, without white space around it. */
function textOf(items: readonly JsonRecord[]): string {
  return items
    .filter(({ type }) => type === undefined || type === 'message')
    .map(({ content }) =>
      Array.isArray(content) ? content.filter(isRecord).map(saidOf).join('') : String(content ?? ''),
    )
    .join('')
    .trim();
}

function saidOf({ text, refusal }: JsonRecord): string {
  return String(text ?? refusal ?? '');
}

interface Thought {
  /** Its place among the items of the turn. */
  index: number;
  item: JsonRecord;
}

/**
 * The reasoning that a client sent back, an item for each place. Only what is encrypted can go back: without it OpenAI would
 * look for an item that it has not stored.
 */
function sentReasoning(details: unknown): Thought[] {
  if (!Array.isArray(details)) return [];
  const own = details.filter(isRecord).filter(({ format }) => format === RESPONSES_FORMAT);
  const thoughts = own
    .filter(({ type, data }) => type === 'reasoning.encrypted' && isText(data))
    .map(({ data, id, index }) => {
      const parts = own.filter((each) => each.type === 'reasoning.summary' && each.index === index);
      const text = parts.map(({ summary }) => String(summary ?? '')).join('');
      const summary = text === '' ? [] : [{ type: 'summary_text', text }];
      const item = { type: 'reasoning', ...(isText(id) && { id }), summary, encrypted_content: data };
      return { index: typeof index === 'number' ? index : 0, item };
    });
  return thoughts.toSorted((left, right) => left.index - right.index);
}

function placed(plain: readonly JsonRecord[], thoughts: readonly Thought[]): JsonRecord[] {
  const items: JsonRecord[] = [];
  const rest = [...plain];
  for (const { index, item } of thoughts) {
    while (items.length < index && rest.length > 0) items.push(...rest.splice(0, 1));
    items.push(item);
  }
  // Reasoning that nothing follows is refused.
  return rest.length === 0 && items.at(-1)?.type === 'reasoning' ? [...plain] : [...items, ...rest];
}
