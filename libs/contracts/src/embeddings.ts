import { z } from 'zod';
import { cacheMembersSchema } from './chat';

const tokensSchema = z.array(z.number().int().min(0)).min(1);

/** OpenAI's embeddings request. Other members pass through. @see https://platform.openai.com/docs/api-reference/embeddings/create */
export const embeddingsRequestSchema = z
  .looseObject({
    model: z.string().meta({ example: 'text-embedding-3-small' }),
    input: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048), tokensSchema, z.array(tokensSchema)])
      .meta({
        description: 'A text, a list of texts, tokens, or a list of lists of tokens; at most 2,048 inputs',
        example: ['Seoul is the capital of Korea.', 'Paris is the capital of France.'],
      }),
    dimensions: z
      .number()
      .int()
      .min(1)
      .nullish()
      .meta({ description: 'Of each vector, for models that can shorten it' }),
    encoding_format: z
      .enum(['float', 'base64'])
      .nullish()
      .meta({ description: '`base64`: float32 values, little end first. By default `float`' }),
    input_type: z.string().nullish().meta({
      description: 'What the texts are for, as `query` or `document`: for models of Cohere, Voyage AI and Gemini',
    }),
    task_type: z.string().nullish().meta({ description: 'Gemini’s own word for `input_type`' }),
    title: z.string().nullish().meta({ description: 'Of a document, for Gemini' }),
    user: z.string().nullish(),
    metadata: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .nullish()
      .meta({ description: 'At most 16 pairs, shown in reports as tags; `tags` may be a list of tags' }),
    use_cache: z.boolean().nullish().meta({ description: 'False: call the upstream and do not store the vectors' }),
    cache: cacheMembersSchema.nullish(),
  })
  .meta({
    id: 'EmbeddingsRequest',
    example: { model: 'text-embedding-3-small', input: ['Seoul is the capital of Korea.'] },
  });
export type EmbeddingsRequest = z.input<typeof embeddingsRequestSchema>;

const embeddingSchema = z
  .object({
    object: z.literal('embedding'),
    index: z.number().int().meta({ example: 0 }),
    embedding: z
      .union([z.array(z.number()), z.string()])
      .meta({ description: 'The values as the vendor sent them', example: [-0.0069, 0.0123, 0.0456] }),
  })
  .meta({ id: 'Embedding' });

/** OpenAI's embeddings, with the member `cached`. @see https://platform.openai.com/docs/api-reference/embeddings/object */
export const embeddingsSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(embeddingSchema),
    model: z.string().meta({ example: 'text-embedding-3-small' }),
    usage: z.object({
      prompt_tokens: z.number().int().meta({ description: 'Of all inputs, also of those from the cache', example: 8 }),
      total_tokens: z.number().int().meta({ example: 8 }),
    }),
    cached: z.boolean().meta({ description: 'Whether all vectors came from the cache' }),
  })
  .meta({ id: 'Embeddings' });
export type Embeddings = z.output<typeof embeddingsSchema>;
