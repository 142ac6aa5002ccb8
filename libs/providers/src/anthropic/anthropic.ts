import { MESSAGES } from '../endpoints/messages/messages-name';
import { CHAT_COMPLETIONS, getRequest, type Provider } from '../provider';
import type { Translator } from '../translator';
import { readMessage } from './answer/anthropic-reply';
import { AnthropicStream } from './answer/anthropic-stream';
import { anthropicBatches } from './anthropic-batches';
import { toAnthropicError } from './anthropic-error';
import { nativeMessages } from './native-messages';
import { anthropicUrl } from './anthropic-url';
import { API_VERSION, toMessagesRequest } from './request/anthropic-request';

/** Chat completions over Anthropic's messages. */
export const anthropicChat: Translator = {
  keepsTurns: () => true,
  toRequest: toMessagesRequest,
  fromReply: readMessage,
  openStream: (call) => new AnthropicStream(call),
  toError: toAnthropicError,
};

/** Anthropic itself. @see https://platform.claude.com/docs/en/api/overview#authentication */
export const anthropic: Provider = {
  id: 'anthropic',
  authorise: (request, credential) =>
    credential === undefined ? request : { ...request, headers: { ...request.headers, 'x-api-key': credential } },
  models: (baseUrl) => getRequest(anthropicUrl(baseUrl, '/v1/models'), { 'anthropic-version': API_VERSION }),
  translators: { [CHAT_COMPLETIONS]: anthropicChat, [MESSAGES]: nativeMessages },
  batches: anthropicBatches,
};
