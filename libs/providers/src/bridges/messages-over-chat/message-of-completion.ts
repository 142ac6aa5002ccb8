import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../../json-record';
import type { Reply, TokenUsage } from '../../translator';
import { signatureOf } from './reasoning-signature';

/** Stop reasons for finish reasons. @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

/** The message that says what a chat completion says; its facts are those of the completion. */
export function messageOfCompletion(reply: Reply): Reply {
  // Numbers of it are not read; those of a call's arguments are within a text.
  const completion = parseJson(reply.body.toString());
  if (!isRecord(completion)) throw new SyntaxError('A completion is not a JSON object.');
  const [choice]: unknown[] = Array.isArray(completion.choices) ? completion.choices : [];
  const { message, finish_reason: finish } = isRecord(choice) ? choice : {};
  const said = isRecord(message) ? message : {};
  const content = [...thinkingOf(said), ...textsOf(said), ...callsOf(said)];
  const body = {
    ...startOf(completion),
    content,
    ...stopOf(
      finish,
      content.some(({ type }) => type === 'tool_use'),
      said.refusal,
    ),
    usage: usageOf(reply.facts.usage),
  };
  return { ...reply, body: Buffer.from(String(stringifyExact(body))) };
}

/** What a message begins with. @param completion a completion, or a chunk of one */
export function startOf({ id, model }: JsonRecord): JsonRecord {
  return { id: messageId(id), type: 'message', role: 'assistant', model: nonEmptyString(model) ?? '', container: null };
}

/** @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
export function stopOf(finish: unknown, calls: boolean, refusal: unknown): JsonRecord {
  const refused = nonEmptyString(refusal);
  const reason = typeof finish === 'string' ? (STOP_REASONS[finish] ?? finish) : null;
  const isRefusal = refused !== undefined || reason === 'refusal';
  return {
    stop_reason: isRefusal ? 'refusal' : calls && reason === 'end_turn' ? 'tool_use' : reason,
    // Other vendors do not say which of the sequences matched.
    stop_sequence: null,
    stop_details: isRefusal ? { type: 'refusal', category: null, explanation: refused ?? null } : null,
  };
}

/** Anthropic's `input_tokens` are those outside the prompt cache. */
export function usageOf(usage: TokenUsage | undefined): JsonRecord {
  const { inputTokens = 0, cachedInputTokens: read = 0, cacheWriteTokens: written = 0, outputTokens = 0 } = usage ?? {};
  return {
    input_tokens: inputTokens - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: outputTokens,
  };
}

/** A tool call's arguments as an object. A text that is none stands under a name of its own. */
export function inputOf(text: unknown): JsonRecord {
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    const input = parseExact(text);
    if (isRecord(input)) return input;
  } catch {
    // As a text below.
  }
  return { invalid_json: text };
}

/** The reasoning that vendors send for people to read. */
export function reasoningText({ reasoning_content: deepSeek, reasoning }: JsonRecord): string | undefined {
  return nonEmptyString(deepSeek) ?? nonEmptyString(reasoning);
}

function messageId(id: unknown): string {
  const text = nonEmptyString(id) ?? 'completion';
  return text.startsWith('msg_') ? text : `msg_${text.replace(/^chatcmpl-/, '')}`;
}

function thinkingOf(message: JsonRecord): JsonRecord[] {
  const thinking = reasoningText(message);
  const details = message.reasoning_details;
  const hasDetails = Array.isArray(details) && details.length > 0;
  if (thinking === undefined && !hasDetails) return [];
  return [{ type: 'thinking', thinking: thinking ?? '', signature: signatureOf(details) }];
}

function textsOf({ content, refusal }: JsonRecord): JsonRecord[] {
  const parts: unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const text = parts.map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('');
  const said = text === '' ? nonEmptyString(refusal) : text;
  return said === undefined ? [] : [{ type: 'text', text: said }];
}

function callsOf({ tool_calls: calls }: JsonRecord): JsonRecord[] {
  return (Array.isArray(calls) ? calls.filter(isRecord) : []).map(({ id, function: called }) => {
    const { name, arguments: text } = isRecord(called) ? called : {};
    return { type: 'tool_use', id, name, input: inputOf(text) };
  });
}
