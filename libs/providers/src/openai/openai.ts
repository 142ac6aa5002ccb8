import { readCompletion } from '../endpoints/chat-completions/completion-facts';
import { CHAT_COMPLETIONS, EMBEDDINGS, getRequest, type Provider } from '../provider';
import type { Translator, UpstreamCall, UpstreamFailure } from '../translator';
import { OPENAI_EMBEDDINGS, openAiEmbeddings } from './embeddings/openai-embeddings';
import { toOpenAiError } from './openai-error';
import { toChatRequest } from './openai-chat-request';
import { pathUnder } from './openai-request';
import { OpenAiChatStream } from './openai-chat-stream';

/** Chat completions as OpenAI describes them; bytes pass through both ways. */
export const openAiChat = {
  toRequest: (call: UpstreamCall) => toChatRequest(call, { limitMember: 'max_completion_tokens' }),
  fromReply: (body: Buffer) => readCompletion(body),
  openStream: () => new OpenAiChatStream(),
  toError: (failure: UpstreamFailure) => toOpenAiError(failure),
} satisfies Translator;

/** The request with the credential as OpenAI takes it. */
export const bearer: Provider['authorise'] = (request, credential) =>
  credential === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization: `Bearer ${credential}` } };

/** OpenAI's API without rules for any model, as the simulator speaks it. */
export const openAi: Provider = {
  id: 'openai',
  authorise: bearer,
  models: (baseUrl) => getRequest(pathUnder(baseUrl, '/models')),
  translators: {
    [CHAT_COMPLETIONS]: openAiChat,
    [EMBEDDINGS]: openAiEmbeddings(OPENAI_EMBEDDINGS, 'OpenAI'),
  },
};
