import { randomBytes } from 'node:crypto';
import { sampleOf } from '../vendors/sample-of-schema';
import { type ChatRequest, type Json, isJson, textOf } from './chat-request';

export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** These tools, in so many rounds: `[[call=get_weather,get_time*3]]`. */
const MARKED = /\[\[call=([\w,-]+)(?:\*(\d+))?\]\]/;

/** The calls of an answer: those of the marker in the prompt, or of `call tool` (the first one) and `call tools` (all). */
export function toolCalls(request: ChatRequest, prompt: string): ToolCall[] {
  const { tools, tool_choice: choice } = request;
  const names = (Array.isArray(tools) ? tools : []).flatMap((tool: unknown) =>
    isJson(tool) && isJson(tool['function']) ? [String(tool['function']['name'])] : [],
  );
  if (choice === 'none') return [];
  const [, marked, times = '1'] = MARKED.exec(prompt) ?? [];
  if (marked !== undefined) {
    const round = roundsOf(request);
    if (round >= Number(times)) return [];
    const called = marked.split(',').filter((name) => names.includes(name));
    return called.map((name) => callOf(name, { round, city: '서울' }));
  }
  if (!/call tools?\b/.test(prompt)) return [];
  const wanted = isJson(choice) && isJson(choice['function']) ? [String(choice['function']['name'])] : names;
  return (prompt.includes('call tools') ? wanted : wanted.slice(0, 1)).map((name) => callOf(name, { text: prompt }));
}

function callOf(name: string, given: Json): ToolCall {
  const id = `call_${randomBytes(12).toString('hex')}`;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(given) } };
}

/** The turns with calls since the user's last text. */
function roundsOf({ messages }: ChatRequest): number {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(asked + 1).filter(({ tool_calls: calls }) => calls !== undefined).length;
}

/** The text after the last round of a marker: what the tools gave. */
export function resultsText({ messages }: ChatRequest, prompt: string): string | undefined {
  if (!MARKED.test(prompt)) return undefined;
  const before = messages.findLastIndex(({ role }) => role !== 'tool');
  const results = messages.slice(before + 1).map(({ content }) => textOf(content));
  return results.length > 0 ? `Results: ${results.join(', ')}` : undefined;
}

/** JSON that the schema of a response format allows; undefined where it has no members, or one called `echo`. */
export function sampleText(format: Json): string | undefined {
  const of = isJson(format['json_schema']) ? format['json_schema'] : format;
  const { schema } = of;
  const properties = isJson(schema) ? schema['properties'] : undefined;
  return isJson(properties) && !('echo' in properties) ? JSON.stringify(sampleOf(schema)) : undefined;
}
