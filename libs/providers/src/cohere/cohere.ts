import { bearer } from '../openai/openai';
import { pathUnder } from '../openai/openai-request';
import { EMBEDDINGS, getRequest, type Provider } from '../provider';
import { cohereEmbeddings } from './cohere-embeddings';

/** Cohere: embeddings alone. */
export const cohere: Provider = {
  id: 'cohere',
  authorise: bearer,
  models: (baseUrl) => getRequest(pathUnder(baseUrl, '/v1/models?endpoint=embed')),
  translators: { [EMBEDDINGS]: cohereEmbeddings },
};
