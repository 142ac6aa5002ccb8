import { readCompletion } from '../endpoints/chat-completions/completion-facts';
import { CHAT_COMPLETIONS, type Provider, RESPONSES } from '../provider';
import type { Translator, UpstreamCall } from '../translator';
import { toOpenAiError } from './openai-error';
import { toChatRequest } from './openai-chat-request';
import { OpenAiChatStream } from './openai-chat-stream';
import { openAiResponses } from './responses/openai-responses';

/** Chat completions of a vendor that supports them; bytes pass through. */
export const openAiChat = {
  toRequest: (call: UpstreamCall) => toChatRequest(call, 'max_completion_tokens'),
  fromReply: readCompletion,
  openStream: () => new OpenAiChatStream(),
  toError: toOpenAiError,
} satisfies Translator;

/** OpenAI itself. */
export const openAi: Provider = {
  id: 'openai',
  authorise: (request, credential) =>
    credential === undefined
      ? request
      : { ...request, headers: { ...request.headers, authorization: `Bearer ${credential}` } },
  translators: { [CHAT_COMPLETIONS]: openAiChat, [RESPONSES]: openAiResponses },
};

/** Every other upstream that supports OpenAI's chat completions. */
export const openAiCompatible: Provider = {
  ...openAi,
  id: 'openai-compatible',
  translators: { [CHAT_COMPLETIONS]: { ...openAiChat, toRequest: (call) => toChatRequest(call, 'max_tokens') } },
};
