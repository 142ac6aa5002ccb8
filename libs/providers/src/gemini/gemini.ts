import { FLEX_TIERS } from '../flex-tier';
import { CHAT_COMPLETIONS, EMBEDDINGS, getRequest, type Provider } from '../provider';
import type { Translator } from '../translator';
import { readGeminiReply } from './answer/gemini-reply';
import { GeminiStream } from './answer/gemini-stream';
import { geminiEmbeddings } from './embeddings/gemini-embeddings';
import { geminiBatches } from './gemini-batches';
import { toGeminiError } from './gemini-error';
import { toGeminiRequest } from './request/gemini-request';
import { geminiPath } from './request/gemini-url';

/** Chat completions over `generateContent`. */
export const geminiChat: Translator = {
  keepsTurns: () => true,
  toRequest: toGeminiRequest,
  fromReply: readGeminiReply,
  openStream: (call) => new GeminiStream(call),
  toError: toGeminiError,
};

/** Google's Gemini API. The key goes in a header: a query is written to logs. */
export const gemini: Provider = {
  id: 'gemini',
  authorise: (request, credential) =>
    credential === undefined ? request : { ...request, headers: { ...request.headers, 'x-goog-api-key': credential } },
  models: (baseUrl) => getRequest(geminiPath(baseUrl, '/models')),
  translators: { [CHAT_COMPLETIONS]: geminiChat, [EMBEDDINGS]: geminiEmbeddings },
  batches: geminiBatches,
  flex: FLEX_TIERS.gemini,
};
