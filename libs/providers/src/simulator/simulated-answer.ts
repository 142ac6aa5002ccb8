import { createHash } from 'node:crypto';
import { isRecord, type JsonRecord } from '../json-record';
import type { SimulatedFunction, SimulatedRequest } from './simulated-request';
import { simulatedValue } from './simulated-value';

/** A choice before it is one of a `chat.completion`. */
interface Choice {
  content: string | null;
  reasoning: string;
  calls: JsonRecord[];
  finish: 'stop' | 'length' | 'tool_calls';
}

/**
 * The `chat.completion` for a request. Equal bodies get equal completions, except for `created`.
 *
 * @param createdSeconds Unix time
 */
export function simulateCompletion(request: SimulatedRequest, body: string, createdSeconds: number): JsonRecord {
  const promptText = request.messages.map((message) => textOf(message.content)).join('\n');
  const promptTokens = countTokens(promptText) + 3 * request.messages.length;
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 24);
  const choices = Array.from({ length: request.choiceCount }, (_, index) => simulateChoice(request, index, digest));
  const reasoningTokens = choices.reduce((sum, { reasoning }) => sum + countTokens(reasoning), 0);
  const writtenTokens = choices.reduce((sum, choice) => sum + writtenTokensOf(choice), 0);
  return {
    id: `chatcmpl-sim-${digest}`,
    object: 'chat.completion',
    created: createdSeconds,
    model: request.model,
    choices: choices.map(openAiChoice),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: writtenTokens + reasoningTokens,
      total_tokens: promptTokens + writtenTokens + reasoningTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: reasoningTokens },
    },
    system_fingerprint: 'fp_simulator',
  };
}

function openAiChoice({ content, reasoning, calls, finish }: Choice, index: number): JsonRecord {
  return {
    index,
    message: {
      role: 'assistant',
      content,
      refusal: null,
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
    logprobs: null,
    finish_reason: finish,
  };
}

function writtenTokensOf({ content, calls }: Choice): number {
  return countTokens(content ?? '') + (calls.length > 0 ? countTokens(JSON.stringify(calls)) : 0);
}

function simulateChoice(request: SimulatedRequest, index: number, digest: string): Choice {
  const { messages, maxOutputTokens = Infinity, reasons } = request;
  const prompt = textOf(messages.findLast((message) => message.role === 'user')?.content);
  const reasoning = reasons ? `The simulator reads: "${opening(prompt)}". It has no thoughts of its own.` : '';
  const called = calledFunctions(request, prompt);
  if (called.length > 0) {
    const calls = called.map((each, at) => callOf(each, `call_sim_${digest.slice(0, 16)}_${index}_${at}`));
    return { content: null, reasoning, calls, finish: 'tool_calls' };
  }
  const text = request.text ?? answerText(request, prompt, index);
  const isCut = countTokens(text) > maxOutputTokens;
  const content = isCut ? cut(text, maxOutputTokens * 4) : text;
  return { content, reasoning, calls: [], finish: isCut ? 'length' : 'stop' };
}

/** Those that the request forces, else those whose names are in the prompt; none after their results. */
function calledFunctions({ functions, forced, messages }: SimulatedRequest, prompt: string): SimulatedFunction[] {
  if (messages.at(-1)?.role === 'tool') return [];
  if (forced.length > 0) return functions.filter(({ name }) => forced.includes(name));
  return functions.filter(({ name }) => prompt.includes(name));
}

function callOf({ name, parameters }: SimulatedFunction, id: string): JsonRecord {
  const given = JSON.stringify(simulatedValue({ type: 'object', ...parameters }, parameters));
  return { id, type: 'function', function: { name, arguments: given } };
}

function answerText({ schema, messages }: SimulatedRequest, prompt: string, index: number): string {
  if (schema) return JSON.stringify(simulatedValue(schema, schema));
  const before = messages.findLastIndex(({ role }) => role !== 'tool');
  const results = messages.slice(before + 1).map(({ content }) => `"${opening(textOf(content))}"`);
  const variant = index === 0 ? '' : ` This is choice ${index + 1}.`;
  const said = results.length > 0 ? `The tools gave: ${results.join(', ')}.` : `You said: "${opening(prompt)}".`;
  return (
    `Hello! This is the built-in simulator: no model was called and nothing was charged. ` +
    `${said}${variant} With a provider's key the same request gets a real response.`
  );
}

/** The start of a text, of at most `length` UTF-16 units; it does not end inside a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** The first 120 characters of a text. */
function opening(text: string): string {
  const characters = Array.from(text.slice(0, 400));
  return characters.length > 120 ? `${characters.slice(0, 120).join('')}…` : characters.join('');
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join(' ');
}

/** An estimate: four characters are one token. */
function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
