import { createHash, randomBytes } from 'node:crypto';
import type { TokenBill } from './call-log';
import { type ChatRequest, type Json, countWords, isJson, lastUserText, splitWords, textOf } from './chat-request';
import type { Directives } from './directives';
import { resultsText, sampleText, type ToolCall, toolCalls } from './tool-calls';

export interface Identity {
  /** The dated name of the model, for example `gpt-4.1-2026-01-01`. */
  model: string;
  systemFingerprint: string;
}

interface Choice {
  text: string | null;
  refusal: string | null;
  toolCalls: ToolCall[];
  functionCall?: { name: string; arguments: string };
  finish: string | null;
}

/** A response before it is written as JSON or as a stream. */
export interface Answer {
  id: string;
  created: number;
  identity: Identity;
  choices: Choice[];
  bill: TokenBill;
  withLogprobs: boolean;
  withUsage: boolean;
  /** The service tier that the vendor charges. */
  tier: string;
  /** How its end is damaged. */
  spoilt: Pick<Directives, 'badUsage' | 'earlyUsage' | 'errorBeside' | 'errorWithin'>;
  xFake: Json;
}

/** A stream event and its number of completion tokens. */
export interface AnswerChunk {
  chunk: Json;
  tokens: number;
}

/** Models that are served in the default tier, whatever is asked. */
const WITHOUT_FLEX = /^gpt-4/;
const REFUSAL = "I'm sorry, but I can't assist with that.";

function composeText(request: ChatRequest, directives: Directives, prompt: string, index: number): [string, string] {
  const { response_format: format, stop, max_tokens: maxTokens, max_completion_tokens: maxCompletionTokens } = request;
  const suffix = index === 0 ? '' : ` (${index + 1})`;
  let text = directives.text ?? resultsText(request, prompt) ?? `echo: ${prompt}${suffix}`;
  if (directives.words !== undefined)
    text = Array.from({ length: directives.words }, (_, at) => `word${at + 1}`).join(' ');
  else if (isJson(format) && String(format['type']).startsWith('json_'))
    text = sampleText(format) ?? JSON.stringify({ echo: prompt + suffix });

  for (const sequence of [stop].flat()) {
    const at = typeof sequence === 'string' && sequence !== '' ? text.indexOf(sequence) : -1;
    if (at >= 0) text = text.slice(0, at);
  }
  const ceiling = maxCompletionTokens ?? maxTokens;
  if (typeof ceiling === 'number' && countWords(text) > ceiling) {
    return [splitWords(text).slice(0, ceiling).join('').trimEnd(), directives.finish ?? 'length'];
  }
  return [text, directives.finish ?? 'stop'];
}

function composeChoice(request: ChatRequest, directives: Directives, prompt: string, index: number): Choice {
  if (directives.refuse) return { text: null, refusal: REFUSAL, toolCalls: [], finish: directives.finish ?? 'stop' };
  if (directives.empty) return { text: '', refusal: null, toolCalls: [], finish: directives.finish ?? 'stop' };
  if (directives.functionCall) {
    const functionCall = { name: 'old', arguments: JSON.stringify({ text: prompt }) };
    return { text: null, refusal: null, toolCalls: [], functionCall, finish: directives.finish ?? 'function_call' };
  }
  const calls = toolCalls(request, prompt);
  if (calls.length > 0)
    return { text: null, refusal: null, toolCalls: calls, finish: directives.finish ?? 'tool_calls' };
  const [text, finish] = composeText(request, directives, prompt, index);
  return { text, refusal: null, toolCalls: [], finish };
}

function tokensOf({ text, refusal, toolCalls: calls }: Choice): number {
  const ofCalls = calls.reduce((sum, call) => sum + 1 + countWords(call.function.arguments), 0);
  return countWords(text ?? '') + countWords(refusal ?? '') + ofCalls;
}

/** Determines the whole response: the same for the same request and directives, except for ids and time. */
export function compose(request: ChatRequest, directives: Directives, identity: Identity, xFake: Json): Answer {
  const prompt = lastUserText(request);
  const count = typeof request['n'] === 'number' ? request['n'] : 1;
  const choices = Array.from({ length: count }, (_, index) => {
    const told = index === count - 1 ? ofLast(directives) : directives;
    const choice = composeChoice(request, told, prompt, index);
    return choice.finish === 'none' ? { ...choice, finish: null } : choice;
  });
  if (directives.lastMissing) choices.pop();
  const promptTokens = request.messages.reduce((sum, message) => sum + countWords(textOf(message['content'])), 0);
  const reasoningTokens = directives.reasoningTokens ?? 0;
  return {
    id: `chatcmpl-${randomBytes(15).toString('hex')}`,
    created: Math.floor(Date.now() / 1000),
    identity,
    choices,
    bill: {
      prompt_tokens: promptTokens,
      cached_tokens: Math.min(directives.cachedTokens ?? 0, promptTokens),
      completion_tokens: choices.reduce((sum, choice) => sum + tokensOf(choice), reasoningTokens),
      reasoning_tokens: reasoningTokens,
    },
    withLogprobs: directives.logprobs === true || request['logprobs'] === true,
    withUsage: directives.noUsage !== true,
    tier: request['service_tier'] === 'flex' && !WITHOUT_FLEX.test(request.model) ? 'flex' : 'default',
    spoilt: directives,
    xFake,
  };
}

function ofLast(directives: Directives): Directives {
  const { lastFinish, lastEmpty, lastRefuses } = directives;
  return {
    ...directives,
    ...(lastFinish !== undefined && { finish: lastFinish }),
    ...(lastEmpty && { empty: true }),
    ...(lastRefuses && { refuse: true }),
  };
}

const SPOILT_USAGE = { prompt_tokens: 'many', completion_tokens: null };
const SPOILT_END = { message: 'Provider returned error', code: 502 };

/** `usage` as OpenAI writes it. */
export function usageOf(bill: TokenBill): Json {
  return {
    prompt_tokens: bill.prompt_tokens,
    completion_tokens: bill.completion_tokens,
    total_tokens: bill.prompt_tokens + bill.completion_tokens,
    prompt_tokens_details: { cached_tokens: bill.cached_tokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: bill.reasoning_tokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function logprobsOf(answer: Answer, text: string): Json | null {
  if (!answer.withLogprobs) return null;
  const content = splitWords(text).map((token) => ({
    token,
    logprob: -0.25,
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }));
  return { content, refusal: null };
}

function frame(answer: Answer, object: string): Json {
  return { id: answer.id, object, created: answer.created, model: answer.identity.model };
}

function tail(answer: Answer): Json {
  return { service_tier: answer.tier, system_fingerprint: answer.identity.systemFingerprint, x_fake: answer.xFake };
}

/** The whole response, a `chat.completion`. */
export function toCompletion(answer: Answer): Json {
  const choices = answer.choices.map((choice, index) => ({
    index,
    message: {
      role: 'assistant',
      content: choice.text,
      ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
      ...(choice.functionCall && { function_call: choice.functionCall }),
      refusal: choice.refusal,
      annotations: [],
    },
    logprobs: choice.text === null ? null : logprobsOf(answer, choice.text),
    finish_reason: choice.finish,
    ...(answer.spoilt.errorWithin && index === answer.choices.length - 1 && { error: SPOILT_END }),
  }));
  return {
    ...frame(answer, 'chat.completion'),
    choices,
    ...(answer.withUsage && { usage: answer.spoilt.badUsage ? SPOILT_USAGE : usageOf(answer.bill) }),
    ...(answer.spoilt.errorBeside && { error: SPOILT_END }),
    ...tail(answer),
  };
}

/** The same response as `chat.completion.chunk` objects; with `n`, the chunks of the choices alternate, as with the vendor. */
export function* toChunks(answer: Answer, includeUsage: boolean): Generator<AnswerChunk> {
  const build = (choices: Json[], usage: Json | null = null): Json => ({
    ...frame(answer, 'chat.completion.chunk'),
    ...tail(answer),
    choices,
    ...(includeUsage && answer.withUsage && { usage }),
  });
  const part = (index: number, delta: Json, tokens: number, logprobs: Json | null = null): AnswerChunk => ({
    chunk: build([{ index, delta, logprobs, finish_reason: null }]),
    tokens,
  });

  for (const [index, choice] of answer.choices.entries()) {
    const content = choice.text === null ? null : '';
    yield part(index, { role: 'assistant', content, refusal: null }, index === 0 ? answer.bill.reasoning_tokens : 0);
  }
  let running = answer.choices.map((choice, index) => choiceParts(answer, choice, index, part));
  while (running.length > 0) {
    const next: typeof running = [];
    for (const parts of running) {
      const { value, done } = parts.next();
      if (done) continue;
      yield value;
      next.push(parts);
    }
    running = next;
  }
  const { spoilt } = answer;
  const usage = spoilt.badUsage ? SPOILT_USAGE : usageOf(answer.bill);
  for (const [index, { finish }] of answer.choices.entries()) {
    const isLast = index === answer.choices.length - 1;
    const error = spoilt.errorWithin && isLast && { error: SPOILT_END };
    const choice = { index, delta: {}, logprobs: null, finish_reason: finish, ...error };
    const chunk = build([choice], isLast && spoilt.earlyUsage ? usage : null);
    yield { chunk: spoilt.errorBeside && isLast ? { ...chunk, error: SPOILT_END } : chunk, tokens: 0 };
  }
  if (includeUsage && answer.withUsage && !spoilt.earlyUsage) yield { chunk: build([], usage), tokens: 0 };
}

type MakePart = (index: number, delta: Json, tokens: number, logprobs?: Json | null) => AnswerChunk;

function* choiceParts(answer: Answer, choice: Choice, index: number, part: MakePart): Generator<AnswerChunk, void> {
  for (const word of splitWords(choice.text ?? '')) {
    yield part(index, { content: word }, countWords(word), logprobsOf(answer, word));
  }
  for (const word of splitWords(choice.refusal ?? '')) yield part(index, { refusal: word }, countWords(word));
  if (choice.functionCall) {
    const { name, arguments: given } = choice.functionCall;
    yield part(index, { function_call: { name, arguments: '' } }, 1);
    for (const fragment of splitWords(given))
      yield part(index, { function_call: { arguments: fragment } }, countWords(fragment));
  }
  for (const [at, { id, type, function: called }] of choice.toolCalls.entries()) {
    const opening = { index: at, id, type, function: { name: called.name, arguments: '' } };
    yield part(index, { tool_calls: [opening] }, 1);
    for (const fragment of splitWords(called.arguments)) {
      yield part(index, { tool_calls: [{ index: at, function: { arguments: fragment } }] }, countWords(fragment));
    }
  }
}

/** The vendor's fingerprint of a dated model; each snapshot has another one. */
export function fingerprintOf(snapshot: string): string {
  return `fp_${createHash('sha256').update(snapshot).digest('hex').slice(0, 10)}`;
}
