import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import { CLAUDE_FORMAT, takenName } from '../anthropic-names';
import { contentBlocks } from './anthropic-parts';
import { isBlank, isFilled, isText, type Translation, wrong } from './translation';

/** A call of a tool in a message of the body. */
interface BodyCall {
  id: string;
  /** The block that stands for it. */
  block: JsonRecord;
}

/** A block of thinking, with its place in the vendor's turn; undefined puts it first. */
interface Thought {
  index: number | undefined;
  block: JsonRecord;
}

/** The blocks of an assistant's message, and the ids of its tool calls as the body names them. */
export interface AssistantTurn {
  blocks: JsonRecord[];
  callIds: string[];
}

/**
 * An assistant's message as Anthropic wrote it: with its thinking, in its order, where the client sent that back or the
 * gateway has kept it.
 *
 * @param param the message's place, for example `messages.1`
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
 */
export function assistantTurn(message: JsonRecord, param: string, translation: Translation): AssistantTurn {
  const texts = assistantTexts(message, param, translation);
  const calls = bodyCalls(message.tool_calls, `${param}.tool_calls`);
  const callIds = calls.map(({ id }) => id);
  const plain = [...texts, ...calls.map(({ block }) => block)];
  if (!translation.keepsThinking) return { blocks: plain, callIds };
  const kept = keptTurn(texts, calls, translation);
  return { blocks: kept ?? withThoughts(plain, sentThoughts(message)), callIds };
}

/** Whether an assistant's message has thinking that can go back. */
export function hasThinking(message: JsonRecord, param: string, translation: Translation): boolean {
  return assistantTurn(message, param, { ...translation, keepsThinking: true }).blocks.some(isThought);
}

function assistantTexts(message: JsonRecord, param: string, translation: Translation): JsonRecord[] {
  const blocks = contentBlocks(message.content, `${param}.content`, translation);
  if (blocks.length > 0 || !isFilled(message.refusal)) return blocks;
  return [{ type: 'text', text: message.refusal }];
}

function bodyCalls(calls: unknown, param: string): BodyCall[] {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) throw wrong(param, 'must be a list');
  return calls.map((call: unknown, index) => bodyCall(call, `${param}.${index}`));
}

function bodyCall(call: unknown, param: string): BodyCall {
  const called = isRecord(call) ? call.function : undefined;
  if (!isRecord(call) || !isRecord(called)) throw wrong(param, 'must be a call of a function');
  if (typeof call.id !== 'string' || call.id === '') throw wrong(`${param}.id`, 'is required');
  if (typeof called.name !== 'string' || called.name === '') throw wrong(`${param}.function.name`, 'is required');
  const input = inputOf(called.arguments, `${param}.function.arguments`);
  return { id: call.id, block: { type: 'tool_use', id: takenName(call.id), name: takenName(called.name), input } };
}

/** Arguments as an object, with all digits and the order of members. */
function inputOf(text: unknown, param: string): JsonRecord {
  const input = isText(text) ? parsed(String(text).trim() || '{}') : undefined;
  if (!isRecord(input)) throw wrong(param, 'must be a JSON object in a text');
  return input;
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

/** The vendor's own turn, where the message still has its texts and its calls as they were; undefined for any other. */
function keptTurn(texts: JsonRecord[], calls: BodyCall[], { turns }: Translation): JsonRecord[] | undefined {
  const turn = calls[0] && turns?.get(calls[0].id);
  if (turn?.format !== CLAUDE_FORMAT || !Array.isArray(turn.content)) return undefined;
  const kept = turn.content.filter(isRecord);
  const keptTexts = kept.filter(({ type }) => type === 'text');
  const keptCalls = kept.filter(({ type }) => type === 'tool_use');
  if (joined(keptTexts) !== joined(texts) || keptCalls.length !== calls.length) return undefined;
  if (!keptCalls.every((block, index) => isSameCall(block, calls[index]))) return undefined;
  const uses = calls.map(({ block }) => block);
  const filled = kept.filter(({ type, text }) => type !== 'text' || !isBlank(String(text)));
  const blocks = filled.map((block) => (block.type === 'tool_use' ? (uses.shift() ?? block) : { ...block }));
  const mark = texts.at(-1)?.cache_control;
  const marked = blocks.findLast(({ type }) => type === 'text');
  if (mark !== undefined && marked) marked.cache_control = mark;
  return blocks;
}

/** A kept call has its input as JSON text. */
function isSameCall({ id, name, input }: JsonRecord, call: BodyCall | undefined): boolean {
  if (call === undefined || typeof input !== 'string') return false;
  const { block } = call;
  if (id !== block.id || name !== block.name) return false;
  return String(stringifyExact(parsed(input))) === String(stringifyExact(block.input));
}

/** Without white space around it: a text of nothing else does not go back. */
function joined(texts: readonly JsonRecord[]): string {
  return texts
    .map(({ text }) => String(text))
    .join('')
    .trim();
}

/** The thinking that the client sent back, in OpenRouter's or in LiteLLM's member. */
function sentThoughts({ reasoning_details: details, thinking_blocks: blocks }: JsonRecord): Thought[] {
  const thoughts = Array.isArray(details) ? mergedDetails(details).flatMap(thoughtOf) : [];
  if (thoughts.length > 0) return thoughts.toSorted((left, right) => (left.index ?? 0) - (right.index ?? 0));
  if (!Array.isArray(blocks)) return [];
  return blocks.flatMap((block: unknown) => (isRecord(block) ? thought(block.thinking, block, undefined) : []));
}

/** Joins the pieces of a stream that a client has kept apart. */
function mergedDetails(details: readonly unknown[]): JsonRecord[] {
  const merged: JsonRecord[] = [];
  for (const piece of details) {
    if (!isRecord(piece) || !isClaudes(piece)) continue;
    const known = merged.at(-1);
    if (known === undefined || !isSamePlace(known, piece)) merged.push({ ...piece });
    else {
      if (isFilled(piece.text)) known.text = `${isText(known.text) ? String(known.text) : ''}${String(piece.text)}`;
      if (isFilled(piece.signature)) known.signature = piece.signature;
    }
  }
  return merged;
}

function isClaudes({ format }: JsonRecord): boolean {
  return format === CLAUDE_FORMAT || format === undefined || format === null;
}

function isSamePlace(known: JsonRecord, piece: JsonRecord): boolean {
  return piece.type === known.type && typeof piece.index === 'number' && piece.index === known.index;
}

function thoughtOf(detail: JsonRecord): Thought[] {
  const index = typeof detail.index === 'number' ? detail.index : undefined;
  return thought(detail.text, detail, index);
}

/** Thinking without its text or its signature cannot go back; a text may be empty. */
function thought(text: unknown, { signature, data }: JsonRecord, index: number | undefined): Thought[] {
  if (isFilled(data)) return [{ index, block: { type: 'redacted_thinking', data } }];
  if (!isText(text) || !isFilled(signature)) return [];
  return [{ index, block: { type: 'thinking', thinking: text, signature } }];
}

/** Puts each block of thinking to its place among texts and calls, which keep their order. */
function withThoughts(plain: JsonRecord[], thoughts: readonly Thought[]): JsonRecord[] {
  const blocks: JsonRecord[] = [];
  const rest = [...plain];
  for (const { index = 0, block } of thoughts) {
    while (blocks.length < index && rest.length > 0) blocks.push(...rest.splice(0, 1));
    blocks.push(block);
  }
  return [...blocks, ...rest];
}

function isThought({ type }: JsonRecord): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}
