import type { ProviderAdapter } from '../translator';
import { toOpenAiError } from './openai-error';
import { fromOpenAiReply } from './openai-reply';
import { toOpenAiRequest } from './openai-request';
import { OpenAiStreamDecoder } from './openai-stream';

/** OpenAI, and every upstream that speaks its chat completions. */
export const openAiAdapter: ProviderAdapter = {
  id: 'openai',
  toRequest: toOpenAiRequest,
  fromReply: fromOpenAiReply,
  openStream: () => new OpenAiStreamDecoder(),
  toError: toOpenAiError,
};
