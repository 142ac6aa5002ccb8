import { embeddingsRequestSchema, embeddingsSchema } from '@thriftgate/contracts';
import { CallDocs } from '../calls/responses/call-docs';

const DESCRIPTION = `OpenAI’s embeddings, for the embedding models of any provider: OpenAI, Azure, Gemini, Cohere, Voyage AI, Mistral and
others. The values are the vendor’s own, neither rounded nor scaled.

Each input is cached by itself: of a list, only the inputs that are new go to the vendor, each of them once, and
\`x-gateway-cached-inputs\` says how many were stored, as \`3/5\`. \`x-cache-status\` is HIT when all were. The cost is what the vendor
charged for the new ones; the list price of the stored ones is in \`x-gateway-saved-usd\`. A list that is longer than a vendor takes at
once is sent to it as several requests.

Vendors other than OpenAI take texts, and no tokens: these are 422 \`unsupported_parameter\`.`;

const EXAMPLES = {
  text: { summary: 'A text', value: { model: 'text-embedding-3-small', input: 'Why is the sky blue?' } },
  list: {
    summary: 'A list of texts, shorter vectors, in base64',
    value: {
      model: 'text-embedding-3-large',
      input: ['Seoul is the capital of Korea.', 'Paris is the capital of France.'],
      dimensions: 256,
      encoding_format: 'base64',
    },
  },
  tokens: { summary: 'Tokens', value: { model: 'text-embedding-3-small', input: [[1820, 25, 374]] } },
  query: {
    summary: 'A query for documents',
    value: { model: 'voyage/voyage-3.5', input: 'capital of Korea', input_type: 'query' },
  },
};

const AZURE_DESCRIPTION =
  'The same as `POST /v1/embeddings`, at the address of Azure’s clients. The model is in the path.';

const EMBEDDINGS = {
  response: 'A vector for each input, in their order.',
  schemas: { request: embeddingsRequestSchema, response: embeddingsSchema },
  headers: { 'x-gateway-cached-inputs': ['How many of the inputs came from the cache', '3/5'] },
  examples: EXAMPLES,
} as const;

/** Documents embeddings. */
export function EmbeddingsDocs(): MethodDecorator {
  const operation = { summary: 'Create embeddings', description: DESCRIPTION };
  return CallDocs({ ...EMBEDDINGS, tag: 'Embeddings', operation });
}

/** Documents embeddings at the address that Azure's clients use. */
export function DeploymentEmbeddingsDocs(): MethodDecorator {
  const operation = { summary: 'Create embeddings at Azure’s address', description: AZURE_DESCRIPTION };
  return CallDocs({ ...EMBEDDINGS, tag: 'Azure', operation });
}
