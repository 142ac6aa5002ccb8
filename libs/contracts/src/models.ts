import { z } from 'zod';
import { usdSchema } from './common';

/** A model as `GET /v1/models` lists it: OpenAI's shape, with what the gateway knows beside. */
export const modelSchema = z.object({
  id: z.string().meta({ example: 'gpt-4.1' }),
  object: z.literal('model'),
  created: z.number().int().meta({ description: 'Unix seconds', example: 1763856000 }),
  owned_by: z.string().meta({ description: 'The provider that answers first', example: 'openai' }),
  gateway: z.object({
    version: z.string().nullable().meta({ description: 'The declared model version', example: '2026-11-01' }),
    generation: z.number().int().meta({ description: 'The cache generation in force', example: 1 }),
    providers: z.array(z.string()).meta({ description: 'In the order in which they are asked', example: ['openai'] }),
    input_usd_per_mtok: usdSchema,
    cached_input_usd_per_mtok: usdSchema,
    output_usd_per_mtok: usdSchema,
    price_estimated: z.boolean().meta({ description: 'True where nobody told the price and a ceiling is charged' }),
  }),
});
export type ModelObject = z.output<typeof modelSchema>;

export const modelListSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) });
export type ModelList = z.output<typeof modelListSchema>;

export const setModelVersionSchema = z
  .strictObject({
    version: z.string().min(1).max(128).meta({ description: 'Any name that changes when the model does' }),
  })
  .meta({ example: { version: '2026-11-01' } });
export type SetModelVersion = z.output<typeof setModelVersionSchema>;

export const modelVersionSchema = z.object({
  model: z.string().meta({ example: 'gpt-4.1' }),
  version: z.string().nullable().meta({ example: '2026-11-01' }),
  generation: z.number().int().meta({ example: 2 }),
});
export type ModelVersion = z.output<typeof modelVersionSchema>;
