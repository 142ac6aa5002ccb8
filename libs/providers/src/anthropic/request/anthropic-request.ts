import { stringifyExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import type { UpstreamCall, UpstreamRequest } from '../../translator';
import { anthropicUrl } from '../anthropic-url';
import { claudeModel } from '../anthropic-models';
import { collectMarked, limitMarks } from './anthropic-marks';
import { checkMembers } from './anthropic-members';
import { calledTools, type Conversation, conversation, openTurnLacksThinking } from './anthropic-messages';
import { outputFormat, samplingOf, serviceTierOf, stopsOf, userOf } from './anthropic-settings';
import { BINDING_BETA, readEffort, thinkingPlan, type ThinkingPlan } from './anthropic-thinking';
import { forcesCall, takenTools } from './anthropic-tools';
import type { Translation } from './translation';

/** The version of the API that takes everything that is translated. @see https://platform.claude.com/docs/en/api/versioning */
export const API_VERSION = '2023-06-01';
/** The limit of a call without one, in tokens: budgets hold money for all of it. */
const UNASKED_MAX_TOKENS = 32_000;
/** The limit where the model's own is unknown too, in tokens. */
const UNKNOWN_MAX_TOKENS = 8_192;
/** Above this limit, in tokens, an answer is streamed to the gateway: a connection without a byte for minutes breaks. */
const SILENT_MAX_TOKENS = 16_384;

/** OpenAI's chat completions as a request to Anthropic's messages. @see https://platform.claude.com/docs/en/api/messages */
export function toMessagesRequest(call: UpstreamCall): UpstreamRequest {
  const translation: Translation = {
    model: claudeModel(call.upstreamModel),
    dropped: new Set<string>(),
    keepsThinking: true,
    turns: call.turns,
  };
  checkMembers(call.body, translation);
  const maxTokens = maxTokensOf(call);
  const stream = call.stream || (maxTokens > SILENT_MAX_TOKENS && call.deferred !== true);
  const plan = planOf(call, maxTokens, translation);
  const body = bodyOf(call, plan, { ...translation, keepsThinking: plan.mayThink });
  return {
    method: 'POST',
    url: anthropicUrl(call.baseUrl, '/v1/messages'),
    headers: headersOf(call, stream, plan),
    body: stringifyExact({ model: call.upstreamModel, max_tokens: maxTokens, ...(stream && { stream }), ...body }),
    dropped: [...translation.dropped],
  };
}

function maxTokensOf({ body, defaultMaxTokens, maxOutputTokens = UNKNOWN_MAX_TOKENS }: UpstreamCall): number {
  const asked = body.max_completion_tokens ?? body.max_tokens ?? defaultMaxTokens;
  // What is no number is the vendor's to refuse.
  return (asked as number | undefined) ?? Math.min(maxOutputTokens, UNASKED_MAX_TOKENS);
}

function planOf({ body }: UpstreamCall, maxTokens: number, translation: Translation): ThinkingPlan {
  const { model } = translation;
  const asked = readEffort(body);
  const isBudget = model.thinking === 'budget' && asked !== undefined;
  const plan = thinkingPlan({
    model,
    asked,
    maxTokens,
    forcesTool: forcesCall(body),
    openTurnLacksThinking: isBudget && openTurnLacksThinking(body, translation),
  });
  if (!plan.asAsked) translation.dropped.add('reasoning_effort');
  return plan;
}

function bodyOf({ body }: UpstreamCall, plan: ThinkingPlan, translation: Translation): JsonRecord {
  const { format, instruction } = outputFormat(body, translation);
  const { tools, choice } = takenTools(body, () => calledTools(body), translation);
  const { system, messages } = conversation(body, translation);
  if (instruction !== undefined) system.push({ type: 'text', text: instruction });
  limitCacheMarks(body, tools, { system, messages }, translation);
  const output = { ...(plan.effort && { effort: plan.effort }), ...(format && { format }) };
  return {
    ...samplingOf(body, plan, translation),
    ...stopsOf(body, translation),
    ...serviceTierOf(body, translation),
    ...userOf(body),
    ...(isRecord(body.cache_control) && { cache_control: body.cache_control }),
    ...(plan.thinking && { thinking: plan.thinking }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(tools && { tools }),
    ...(choice && { tool_choice: choice }),
    ...(system.length > 0 && { system }),
    messages,
  };
}

function limitCacheMarks(
  body: JsonRecord,
  tools: readonly JsonRecord[] = [],
  { system, messages }: Conversation,
  { dropped }: Translation,
): void {
  const marked: JsonRecord[] = [];
  for (const part of [tools, system, messages]) collectMarked(part, marked);
  if (!limitMarks(marked, isRecord(body.cache_control) ? 1 : 0)) dropped.add('cache_control');
}

function headersOf(call: UpstreamCall, stream: boolean, { thinking }: ThinkingPlan): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    'accept-encoding': 'identity',
    'anthropic-version': API_VERSION,
    ...(thinking?.block_binding !== undefined && { 'anthropic-beta': BINDING_BETA }),
    'x-request-id': call.requestId,
  };
}
