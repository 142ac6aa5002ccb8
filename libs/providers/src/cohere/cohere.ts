import { bearer } from '../openai/openai';
import { EMBEDDINGS, type Provider } from '../provider';
import { cohereEmbeddings } from './cohere-embeddings';

/** Cohere: embeddings alone. */
export const cohere: Provider = {
  id: 'cohere',
  authorise: bearer,
  translators: { [EMBEDDINGS]: cohereEmbeddings },
};
