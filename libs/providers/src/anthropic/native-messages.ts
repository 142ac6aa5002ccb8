import { readMessage } from '../endpoints/messages/message-facts';
import { MessagesStream } from '../endpoints/messages/messages-stream';
import { stringifyExact } from '../exact-json';
import { isRecord, type JsonRecord, parseJson } from '../json-record';
import type { Translator, UpstreamCall, UpstreamRequest } from '../translator';
import { toAnthropicError } from './anthropic-error';
import { anthropicUrl } from './anthropic-url';
import { API_VERSION } from './request/anthropic-request';

const VERSION_HEADER = 'anthropic-version';
const BETA_HEADER = 'anthropic-beta';
/** Names of betas, in a list. @see https://platform.claude.com/docs/en/api/beta-headers */
const BETAS = /^[\w.-]+(?:\s*,\s*[\w.-]+)*$/;
/** Members that a count takes. @see https://platform.claude.com/docs/en/api/messages-count-tokens */
const COUNTED = new Set(['messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'mcp_servers']);

/** Anthropic's messages as they are: bytes pass through in both directions, with unknown members, versions and betas. */
export const nativeMessages: Translator = {
  toRequest: (call) => request(call, '/v1/messages', { ...call.body, model: call.upstreamModel }),
  fromReply: readMessage,
  openStream: () => new MessagesStream(),
  toError: toAnthropicError,
  countRequest: (call) => request({ ...call, stream: false }, '/v1/messages/count_tokens', counted(call)),
  readCount: (body) => {
    const count = parseJson(body.toString());
    return isRecord(count) && typeof count.input_tokens === 'number' ? count.input_tokens : undefined;
  },
};

function request(
  { baseUrl, stream, headers = {}, requestId }: UpstreamCall,
  path: string,
  body: JsonRecord,
): UpstreamRequest {
  const betas = headers[BETA_HEADER];
  const version = headers[VERSION_HEADER];
  return {
    method: 'POST',
    url: anthropicUrl(baseUrl, path),
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      [VERSION_HEADER]: typeof version === 'string' && version !== '' ? version : API_VERSION,
      ...(typeof betas === 'string' && BETAS.test(betas) && { [BETA_HEADER]: betas }),
      'x-request-id': requestId,
    },
    body: stringifyExact(body),
    dropped: [],
  };
}

function counted({ body, upstreamModel }: UpstreamCall): JsonRecord {
  const asked = Object.entries(body).filter(([name]) => COUNTED.has(name));
  return { ...Object.fromEntries(asked), model: upstreamModel };
}
