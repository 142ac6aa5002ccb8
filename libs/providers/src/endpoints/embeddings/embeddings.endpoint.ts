import type { Endpoint, Replay } from '../../endpoint';
import { EMBEDDINGS } from '../../provider';
import { embeddingsContent, embeddingsParts } from './embeddings-parts';
import { readEmbeddingsRequest } from './embeddings-request';

/**
 * Members that do not change the values of a vector. The cache key includes all others, also unknown ones: a missing member
 * would cause a wrong hit, an extra one only a miss.
 */
const WITHOUT_EFFECT = new Set([
  'encoding_format',
  'user',
  'metadata',
  'stream',
  'use_cache',
  'cache',
  'cache_control',
]);

/** Tokens are elements: as many as OpenAI takes at once, and their lists. */
const MAX_VALUES = 320_000;

const NOTHING: Replay = { textLength: 0, showsReasoning: false, chunks: () => [] };

/** `POST /v1/embeddings`. Responses have no streams. @see https://platform.openai.com/docs/api-reference/embeddings */
export const embeddings: Endpoint = {
  name: EMBEDDINGS,
  path: '/v1/embeddings',
  modes: ['embedding'],
  maxValues: MAX_VALUES,
  parts: embeddingsParts,
  withoutEffect: { names: WITHOUT_EFFECT },
  read: readEmbeddingsRequest,
  withModel: (body, model) => ({ ...body, model }),
  content: embeddingsContent,
  written: () => '',
  turnIds: () => [],
  withoutSignatures: (reply) => reply,
  render: {
    json: (body) => body,
    chunk: () => '',
    forCaller: (events) => events,
    end: () => '',
    errorBody: ({ status: _status, ...error }) => ({ error }),
    error: () => '',
  },
  replay: () => NOTHING,
};
