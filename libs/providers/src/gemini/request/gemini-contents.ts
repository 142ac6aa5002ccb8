import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { capabilitiesOf } from '../gemini-models';
import { vendorCallId } from '../gemini-format';
import { type CalledFunction, callsOf, modelParts, type TurnContext } from './gemini-model-turn';
import { contentParts, type MessageContext } from './gemini-user-parts';

interface Content {
  role: 'user' | 'model';
  parts: JsonRecord[];
}

export interface Conversation {
  systemInstruction: { parts: JsonRecord[] } | undefined;
  contents: Content[];
}

/** Whom a message is from, in Gemini's API. */
const SYSTEM_ROLES: ReadonlySet<unknown> = new Set(['system', 'developer']);

/**
 * The conversation in Gemini's shape: system texts at the beginning as `systemInstruction`, consecutive messages of one role in
 * one content, the results of one turn's calls in one content. Each message is translated by itself, so that a longer
 * conversation begins with the bytes of the shorter one and the vendor's prompt cache finds it.
 *
 * @throws InvalidRequestError for a message that is wrong
 * @throws UnsupportedMemberError for a message that Gemini does not take
 */
export function conversationOf(
  { body, upstreamModel: model, turns }: Pick<UpstreamCall, 'body' | 'upstreamModel' | 'turns'>,
  dropped: Set<string>,
): Conversation {
  const context: TurnContext = { model, can: capabilitiesOf(model), dropped, turns };
  const messages = Array.isArray(body.messages) ? body.messages.map(recordAt) : [];
  const leading = messages.findIndex(({ role }) => !SYSTEM_ROLES.has(role));
  const first = leading < 0 || !context.can.systemInstruction ? 0 : leading;
  const system = messages
    .slice(0, first)
    .flatMap(({ content }, at) => contentParts(content, `messages[${at}].content`, context));
  const contents = contentsOf(messages, first, context);
  if (contents.length === 0)
    throw new InvalidRequestError(`'messages' must have at least one message that is not empty.`, 'messages');
  return { systemInstruction: system.length > 0 ? { parts: system } : undefined, contents };
}

function recordAt(message: unknown, index: number): JsonRecord {
  if (isRecord(message)) return message;
  throw new InvalidRequestError(`'messages[${index}]' must be an object.`, `messages[${index}]`);
}

function contentsOf(messages: readonly JsonRecord[], first: number, context: TurnContext): Content[] {
  const contents: Content[] = [];
  for (let at = first; at < messages.length; at += 1) {
    const message = messages[at] ?? {};
    const path = `messages[${at}]`;
    if (message.name !== undefined && message.role !== 'tool') context.dropped.add('messages.name');
    if (message.role !== 'assistant') append(contents, 'user', userParts(message, path, context));
    else {
      const calls = callsOf(message, path);
      append(contents, 'model', modelParts(message, calls, path, context));
      const results = resultsAfter(messages, at);
      if (calls.length > 0) contents.push({ role: 'user', parts: resultParts(calls, results, path, context) });
      at += calls.length > 0 ? results.length : 0;
    }
  }
  return contents;
}

/** Adds to the last content where it has the same role and no results. Results stay apart: texts begin a new turn. */
function append(contents: Content[], role: Content['role'], parts: JsonRecord[]): void {
  if (parts.length === 0) return;
  const last = contents.at(-1);
  if (last?.role === role && !last.parts.some(({ functionResponse }) => functionResponse)) last.parts.push(...parts);
  else contents.push({ role, parts });
}

function userParts(message: JsonRecord, path: string, context: MessageContext): JsonRecord[] {
  const { role, content } = message;
  if (role === 'tool') throw unasked(message, path);
  if (role === 'function')
    throw new UnsupportedMemberError(
      `'${path}.role' is "function", which is not translated for Gemini. Use tool_calls and the role "tool".`,
      `${path}.role`,
    );
  if (role !== 'user' && !SYSTEM_ROLES.has(role))
    throw new InvalidRequestError(
      `'${path}.role' must be "system", "developer", "user", "assistant" or "tool".`,
      `${path}.role`,
    );
  // Gemini has no system texts within a conversation. To move one to its beginning would change its meaning.
  if (role !== 'user') context.dropped.add(`${path}.role`);
  return contentParts(content, `${path}.content`, context);
}

/** A message of the role `tool`, with its place among the messages. */
interface Result {
  message: JsonRecord;
  path: string;
}

function resultsAfter(messages: readonly JsonRecord[], at: number): Result[] {
  const results: Result[] = [];
  for (let next = at + 1; messages[next]?.role === 'tool'; next += 1)
    results.push({ message: messages[next] ?? {}, path: `messages[${next}]` });
  return results;
}

/** The results in the order of their calls; media that a result cannot hold come after all of them. */
function resultParts(
  calls: readonly CalledFunction[],
  results: readonly Result[],
  path: string,
  context: MessageContext,
): JsonRecord[] {
  const left = [...results];
  const media: JsonRecord[] = [];
  const parts = calls.map((call, index) => {
    const at = left.findIndex(({ message }) => (message.tool_call_id ?? '') === call.id);
    const [result] = at < 0 ? [] : left.splice(at, 1);
    if (result === undefined) throw unanswered(call, `${path}.tool_calls[${index}]`);
    return resultPart(call, result, media, context);
  });
  const [extra] = left;
  if (extra !== undefined) throw unasked(extra.message, extra.path);
  return [...parts, ...media];
}

/** @see https://ai.google.dev/gemini-api/docs/function-calling#multimodal-function-responses */
function resultPart(
  { id, name }: CalledFunction,
  { message, path }: Result,
  media: JsonRecord[],
  context: MessageContext,
): JsonRecord {
  const parts = contentParts(message.content, `${path}.content`, context);
  const attached = parts.filter(({ text }) => text === undefined);
  const texts = parts.flatMap(({ text }) => text ?? []);
  const output = texts.length === 1 ? texts[0] : texts.join('');
  const inside = context.can.mediaInResults && attached.length > 0;
  if (!inside) media.push(...attached);
  const response = { id: vendorCallId(id), name, response: { output } };
  return { functionResponse: inside ? { ...response, parts: attached } : response };
}

function unanswered({ id }: CalledFunction, path: string): InvalidRequestError {
  const example = `{"role": "tool", "tool_call_id": ${JSON.stringify(id)}, "content": "…"}`;
  return new InvalidRequestError(`'${path}' has no result. Add the message ${example} right after its message.`, path);
}

function unasked({ tool_call_id: id }: JsonRecord, path: string): InvalidRequestError {
  return new InvalidRequestError(
    `'${path}' is the result of the call ${JSON.stringify(id)}, which the assistant's message before it does not have.`,
    path,
  );
}
