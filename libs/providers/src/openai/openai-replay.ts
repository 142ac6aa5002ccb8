import { isRecord, type JsonRecord } from '../json-record';

/** Members that every chunk of a stream repeats; others of the completion are told once, in the first chunk. */
const REPEATED_MEMBERS = ['id', 'created', 'model', 'service_tier', 'system_fingerprint'];

/**
 * A stored completion as the stream that would have brought it: role, content, tool calls, finish reason and, if asked
 * for, usage. Put together again it is the same completion.
 * @param completion a `chat.completion`, parsed or as JSON.
 * @returns the data of the events, without `[DONE]`.
 * @throws SyntaxError when the bytes are not a JSON object.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function completionToChunks(
  completion: Record<string, unknown> | Buffer,
  options: { includeUsage: boolean },
): string[] {
  const whole: unknown = Buffer.isBuffer(completion) ? JSON.parse(completion.toString()) : completion;
  if (!isRecord(whole)) throw new SyntaxError('A stored completion is not a JSON object.');
  const { choices, usage, object: _object, ...rest } = whole;
  const base: JsonRecord = { id: whole.id, object: 'chat.completion.chunk' };
  for (const name of REPEATED_MEMBERS) if (name in whole) base[name] = whole[name];

  const pieces = (Array.isArray(choices) ? choices : []).filter(isRecord).flatMap(choiceToDeltas);
  // With usage asked for, OpenAI puts `"usage": null` in every chunk but the last.
  const usageMember = options.includeUsage ? { usage: null } : {};
  const chunks = pieces.map((choice, position) => {
    return JSON.stringify({ ...base, ...(position === 0 ? rest : {}), choices: [choice], ...usageMember });
  });
  if (options.includeUsage && isRecord(usage)) chunks.push(JSON.stringify({ ...base, choices: [], usage }));
  return chunks;
}

/** One choice as the `choices[0]` of its chunks. */
function choiceToDeltas(choice: JsonRecord, position: number): JsonRecord[] {
  const { index = position, message, logprobs, finish_reason: finishReason = null, ...rest } = choice;
  const { opening, texts, toolCalls } = splitMessage(isRecord(message) ? message : {});
  const noLogprobs = logprobs === undefined ? {} : { logprobs: null };
  const deltas: JsonRecord[] = [{ index, delta: opening, ...noLogprobs, finish_reason: null }];
  for (const text of texts) deltas.push({ index, delta: text, ...noLogprobs, finish_reason: null });
  toolCalls.forEach((call, callIndex) => {
    const delta = { tool_calls: [isRecord(call) ? { index: callIndex, ...call } : call] };
    deltas.push({ index, delta, ...noLogprobs, finish_reason: null });
  });
  // Logprobs go with the text they are of: the last text chunk is the content or the refusal.
  const carrier = deltas[texts.length];
  if (carrier !== undefined && logprobs !== undefined) carrier.logprobs = logprobs;
  deltas.push({ index, delta: {}, ...noLogprobs, finish_reason: finishReason, ...rest });
  return deltas;
}

/** Takes a message apart: what opens it, each text that is not empty (reasoning before content), and its tool calls. */
function splitMessage(message: JsonRecord): { opening: JsonRecord; texts: JsonRecord[]; toolCalls: unknown[] } {
  const opening: JsonRecord = { role: message.role ?? 'assistant' };
  const texts: JsonRecord[] = [];
  let toolCalls: unknown[] = [];
  for (const [name, value] of Object.entries(message)) {
    if (name === 'role') continue;
    if (name === 'tool_calls' && Array.isArray(value) && value.length > 0) toolCalls = value;
    else if (typeof value !== 'string' || value === '') opening[name] = value;
    else if (name === 'content' || name === 'refusal') {
      texts.push({ [name]: value });
      if (name === 'content') opening.content = '';
    } else texts.unshift({ [name]: value });
  }
  return { opening, texts, toolCalls };
}
