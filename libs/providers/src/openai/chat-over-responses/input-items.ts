import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { UpstreamCall } from '../../translator';
import { inputContent, outputContent } from './input-parts';
import { withReasoning } from './earlier-reasoning';

/** A tool's call and its result have types of their own, by the type of the tool. */
const CALLS: Readonly<Record<string, { type: string; input: string; result: string }>> = {
  function: { type: 'function_call', input: 'arguments', result: 'function_call_output' },
  custom: { type: 'custom_tool_call', input: 'input', result: 'custom_tool_call_output' },
};

/**
 * The messages of a chat request as input items: instructions stay where they are, a turn of the assistant becomes its
 * reasoning, its text and its calls.
 *
 * @param dropped gets what has no place
 * @throws InvalidRequestError, UnsupportedMemberError that name the message
 * @see https://platform.openai.com/docs/guides/conversation-state?api-mode=responses
 */
export function inputItems(call: UpstreamCall, dropped: Set<string>): JsonRecord[] {
  const messages: unknown[] = Array.isArray(call.body.messages) ? call.body.messages : [];
  const results = new Map<unknown, string>();
  return messages.flatMap((message, index) => {
    const param = `messages.${index}`;
    if (!isRecord(message)) throw new InvalidRequestError(`'${param}' must be an object.`, param);
    if (nonEmptyString(message.name) !== undefined && message.role !== 'tool') dropped.add('messages.name');
    if (message.role === 'assistant') return assistantItems(message, param, call, results);
    const content = inputContent(message.content, `${param}.content`);
    if (message.role !== 'tool') return [{ role: message.role, content }];
    const { tool_call_id: id } = message;
    return [{ type: results.get(id) ?? 'function_call_output', call_id: id, output: content }];
  });
}

function assistantItems(
  message: JsonRecord,
  param: string,
  call: UpstreamCall,
  results: Map<unknown, string>,
): JsonRecord[] {
  const content = outputContent(message);
  const calls: unknown[] = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const items = [
    ...(content === undefined ? [] : [{ role: 'assistant', content }]),
    ...calls.map((each, index) => callItem(each, `${param}.tool_calls.${index}`, results)),
  ];
  return withReasoning(items, message, call);
}

/** @param results gets the type of the result that the call waits for */
function callItem(call: unknown, param: string, results: Map<unknown, string>): JsonRecord {
  const tool = isRecord(call) ? (nonEmptyString(call.type) ?? 'function') : '';
  const kind = Object.hasOwn(CALLS, tool) ? CALLS[tool] : undefined;
  const called = isRecord(call) ? call[tool] : undefined;
  if (!isRecord(call) || !kind || !isRecord(called))
    throw new InvalidRequestError(`'${param}' must be a call of a function or of a custom tool.`, param);
  results.set(call.id, kind.result);
  return { type: kind.type, call_id: call.id, name: called.name, [kind.input]: called[kind.input] ?? '' };
}
