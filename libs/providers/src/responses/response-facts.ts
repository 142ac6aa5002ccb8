import { isRecord, nameOf, nonEmptyString, type JsonRecord } from '../json-record';
import type { AnswerFacts } from '../translator';
import { readUsage } from '../usage/read-usage';

/** Items that ask the caller to do something, and to send the result in the next request. */
const CALLS_OF_THE_CALLER: ReadonlySet<unknown> = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'mcp_approval_request',
]);

/** Why a response is incomplete, in the words of {@link AnswerFacts}. */
const INCOMPLETE: Readonly<Record<string, string>> = { max_output_tokens: 'length', content_filter: 'content_filter' };

/** The items of a response. */
export function outputOf({ output }: JsonRecord): JsonRecord[] {
  return Array.isArray(output) ? output.filter(isRecord) : [];
}

/** The parts of a message or of reasoning. */
export function partsOf(parts: unknown): JsonRecord[] {
  return Array.isArray(parts) ? parts.filter(isRecord) : [];
}

/** The facts of a parsed response. @see https://platform.openai.com/docs/api-reference/responses/object */
export function responseFacts(response: JsonRecord): AnswerFacts {
  const output = outputOf(response);
  const messageParts = output.flatMap(({ type, content }) => (type === 'message' ? partsOf(content) : []));
  const hasToolCalls = output.some(({ type }) => CALLS_OF_THE_CALLER.has(type));
  return {
    upstreamModel: nameOf(response.model),
    systemFingerprint: undefined,
    serviceTier: nameOf(response.service_tier),
    finishReasons: [finishReason(response, hasToolCalls)],
    hasToolCalls,
    refused: messageParts.some(({ refusal }) => nonEmptyString(refusal) !== undefined),
    failed: isRecord(response.error) || response.status === 'failed',
    empty: !hasToolCalls && !messageParts.some(({ text, refusal }) => nonEmptyString(text) ?? nonEmptyString(refusal)),
    usage: readUsage(response.usage),
  };
}

function finishReason({ status, incomplete_details: details }: JsonRecord, hasToolCalls: boolean): string | null {
  if (status === 'completed') return hasToolCalls ? 'tool_calls' : 'stop';
  if (status !== 'incomplete') return null;
  const reason = isRecord(details) ? nonEmptyString(details.reason) : undefined;
  return INCOMPLETE[reason ?? ''] ?? reason ?? 'length';
}
