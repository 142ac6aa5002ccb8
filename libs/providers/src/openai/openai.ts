import { readCompletion } from '../endpoints/chat-completions/completion-facts';
import { CHAT_COMPLETIONS, type Provider } from '../provider';
import type { Translator } from '../translator';
import { toOpenAiError } from './openai-error';
import { toChatRequest } from './openai-chat-request';
import { OpenAiChatStream } from './openai-chat-stream';

/** Chat completions of a vendor that supports them; bytes pass through. */
export const openAiChat: Translator = {
  toRequest: toChatRequest,
  fromReply: readCompletion,
  openStream: () => new OpenAiChatStream(),
  toError: toOpenAiError,
};

/** OpenAI, and every upstream that supports OpenAI's chat completions. */
export const openAi: Provider = {
  id: 'openai',
  authorise: (request, credential) =>
    credential === undefined
      ? request
      : { ...request, headers: { ...request.headers, authorization: `Bearer ${credential}` } },
  translators: { [CHAT_COMPLETIONS]: openAiChat },
};
