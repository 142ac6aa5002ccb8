import type { EndpointRequest } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import {
  checkFlag,
  checkLimit,
  checkMessages,
  invalid,
  MAX_OUTPUT_TOKENS,
  requestedModel,
  requestRecord,
} from '../request-members';
import { forcesTool } from './forced-tool';
import { unpricedMember } from './unpriced-member';

const OUTPUT_LIMITS = ['max_completion_tokens', 'max_tokens'];
/** OpenAI's own limit. @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-n */
const MAX_CHOICES = 128;

/**
 * Checks the members that the gateway reads. All others pass through; the upstream checks them.
 *
 * @throws InvalidRequestError that names the member
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function readChatRequest(sent: unknown): { body: JsonRecord; request: EndpointRequest } {
  const body = requestRecord(sent);
  const model = requestedModel(body, 'gpt-4.1');
  const { stream_options } = body;
  checkMessages(body, checkMessage);
  checkFlag(body, 'stream');
  if (stream_options !== undefined && stream_options !== null && !isRecord(stream_options))
    throw invalid("'stream_options'", 'must be an object, as {"include_usage": true}', 'stream_options');
  checkLimit(body, 'n', MAX_CHOICES);
  for (const name of OUTPUT_LIMITS) checkLimit(body, name, MAX_OUTPUT_TOKENS);
  return { body, request: requestOf(body, model) };
}

function requestOf(body: JsonRecord, model: string): EndpointRequest {
  const { stream_options: streamOptions, service_tier: tier } = body;
  return {
    model,
    stream: body.stream === true,
    choices: positive(body.n) ?? 1,
    // Vendors differ in which of the two they follow.
    maxOutputTokens: greatest(OUTPUT_LIMITS.map((name) => positive(body[name]))),
    metadata: body.metadata,
    wantsUsage: isRecord(streamOptions) && streamOptions.include_usage === true,
    serviceTier: typeof tier === 'string' ? tier : undefined,
    forcesTool: forcesTool(body),
    unpricedMember: unpricedMember(body),
  };
}

function greatest(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function checkMessage({ role }: JsonRecord, param: string): void {
  if (typeof role !== 'string' || role === '')
    throw invalid(`'${param}.role'`, 'is required, as "user"', `${param}.role`);
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
