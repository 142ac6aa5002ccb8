import { bearer } from '../openai/openai';
import type { EmbeddingRules } from '../openai/embeddings/embedding-rules';
import { openAiEmbeddings } from '../openai/embeddings/openai-embeddings';
import { EMBEDDINGS, type Provider } from '../provider';

/**
 * The tokens are those of the models that take the least at once: others take 320,000 or a million.
 *
 * @see https://docs.voyageai.com/reference/embeddings-api
 */
export const VOYAGE_RULES: EmbeddingRules = {
  limits: { parts: 1000, tokens: 120_000 },
  dimensions: 'output_dimension',
  base64: true,
  inputTypes: { document: 'document', query: 'query' },
  dropped: ['user', 'task_type', 'title'],
};

/** Voyage AI: embeddings alone. */
export const voyage: Provider = {
  id: 'voyage',
  authorise: bearer,
  translators: { [EMBEDDINGS]: openAiEmbeddings(VOYAGE_RULES, 'Voyage AI') },
};
