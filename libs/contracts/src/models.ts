import { z } from 'zod';
import { modelCacheRulesChangeSchema, modelCacheRulesSchema } from './cache-rules';
import { plainText, usdSchema } from './common';
import { routingChangesSchema, routingInForceSchema, routingSettingsSchema } from './routing';

/** A model as `GET /v1/models` lists it: OpenAI's shape, with version, providers and prices in `gateway`. */
export const modelSchema = z
  .object({
    id: z.string().meta({ example: 'gpt-4.1' }),
    object: z.literal('model'),
    created: z.number().int().meta({ description: 'Unix seconds', example: 1763856000 }),
    owned_by: z.string().meta({ description: 'The provider of the first deployment', example: 'openai' }),
    gateway: z.object({
      version: z.string().nullable().meta({ description: 'The declared model version', example: '2026-11-01' }),
      generation: z.number().int().meta({ description: 'The current cache generation', example: 1 }),
      providers: z.array(z.string()).meta({ description: 'In the order of their deployments', example: ['openai'] }),
      input_usd_per_mtok: usdSchema,
      cached_input_usd_per_mtok: usdSchema,
      output_usd_per_mtok: usdSchema,
      deprecation_date: z.string().nullable().meta({
        description: 'The day on which the vendor retires the model; null if none is known',
        example: '2027-01-14',
      }),
      price_estimated: z.boolean().meta({ description: 'True if the price is unknown and a ceiling price is charged' }),
    }),
  })
  .meta({ id: 'Model' });
export type ModelObject = z.output<typeof modelSchema>;

export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .meta({ id: 'ModelList' });
export type ModelList = z.output<typeof modelListSchema>;

export const setModelVersionSchema = z
  .strictObject({
    version: plainText(128).min(1).meta({ description: 'A name that changes with the model' }),
  })
  .meta({ id: 'SetModelVersion', example: { version: '2026-11-01' } });
export type SetModelVersion = z.output<typeof setModelVersionSchema>;

export const modelVersionSchema = z
  .object({
    model: z.string().meta({ example: 'gpt-4.1' }),
    version: z.string().nullable().meta({ example: '2026-11-01' }),
    generation: z.number().int().meta({ example: 2 }),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.output<typeof modelVersionSchema>;

const deploymentSchema = z
  .strictObject({
    provider: plainText(128).min(1).meta({ description: 'The name of a provider of this gateway', example: 'openai' }),
    model: plainText(128).min(1).meta({ description: 'The provider’s name of the model', example: 'gpt-4.1' }),
    priority: z.number().int().min(0).default(1).meta({ description: 'Lower values are used first' }),
    weight: z.number().positive().default(1).meta({ description: 'Share of the load within a priority' }),
    max_parallel: z
      .number()
      .int()
      .positive()
      .optional()
      .meta({ description: 'The most calls at the same time; unlimited if omitted' }),
  })
  .meta({ id: 'NewDeployment' });
const deploymentsSchema = z.array(deploymentSchema).min(1).max(100);

const defaultMaxTokensSchema = z.int().min(1).max(2_000_000).nullable().meta({
  description:
    'The limit of output tokens for calls without one, if their key has none, so that budgets hold less for them; null removes it',
});

/** `POST /admin/models`. */
export const createModelSchema = z
  .strictObject({
    name: plainText(128).min(1).meta({ description: 'The name that applications use' }),
    deployments: deploymentsSchema,
    cache: modelCacheRulesSchema.nullish().meta({ description: 'The cache rules of this model' }),
    default_max_tokens: defaultMaxTokensSchema.optional(),
    ...routingSettingsSchema.shape,
  })
  .meta({
    id: 'CreateModel',
    example: {
      name: 'resilient',
      deployments: [
        { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: 50 },
        { provider: 'backup', model: 'gpt-4.1', priority: 2 },
      ],
      cache: { ttl_seconds: 86_400 },
      routing: 'latency',
      fallbacks: { context_too_long: ['gpt-4.1-mini'] },
    },
  });
export type CreateModel = z.output<typeof createModelSchema>;

/** `PATCH /admin/models/{model}`. */
export const updateModelSchema = z
  .strictObject({
    deployments: deploymentsSchema.optional(),
    cache: modelCacheRulesChangeSchema.optional().meta({
      description:
        'Overrides gateway.yaml. Omitted rules do not change; null removes a rule, and null for the object removes all',
    }),
    default_max_tokens: defaultMaxTokensSchema.optional(),
    ...routingChangesSchema.shape,
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({
    id: 'UpdateModel',
    example: {
      deployments: [{ provider: 'openai', model: 'gpt-5', priority: 1 }],
      cache: { max_ttl_seconds: 3_600, shared: false },
    },
  });
export type UpdateModel = z.output<typeof updateModelSchema>;

const adminModelExample = {
  name: 'resilient',
  source: 'admin',
  served: true,
  deployments: [{ provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: 50 }],
  version: '2026-11-01',
  generation: 2,
  routing: 'latency',
  prefix_affinity: true,
  fallbacks: { context_too_long: ['gpt-4.1-mini'] },
  timeouts: { first_byte_ms: 60_000 },
  default_max_tokens: null,
  cache: {
    enabled: true,
    ttl_seconds: 86_400,
    max_ttl_seconds: null,
    shared: true,
    store_tool_calls: 'forced',
    replay_tokens_per_second: null,
    ignore_fingerprint: false,
  },
} as const;

/** A model as administrators see it. */
export const adminModelSchema = z
  .object({
    name: z.string(),
    source: z
      .enum(['catalogue', 'gateway.yaml', 'admin'])
      .meta({ description: 'Where the deployments are configured' }),
    served: z.boolean().meta({ description: 'False while the providers of all its deployments are switched off' }),
    deployments: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        priority: z.number().int(),
        weight: z.number(),
        max_parallel: z.number().int().nullable(),
      }),
    ),
    version: z.string().nullable(),
    generation: z.number().int().meta({ description: 'The current cache generation' }),
    ...routingInForceSchema.shape,
    default_max_tokens: z.int().nullable().meta({ description: 'The limit of output tokens for calls without one' }),
    cache: z
      .object({
        enabled: z.boolean(),
        ttl_seconds: z.number().int(),
        max_ttl_seconds: z.number().int().nullable(),
        shared: z.boolean(),
        store_tool_calls: z.union([z.boolean(), z.literal('forced')]),
        replay_tokens_per_second: z.number().nullable(),
        ignore_fingerprint: z.boolean(),
      })
      .meta({ description: 'The effective cache rules' }),
  })
  .meta({ id: 'AdminModel', example: adminModelExample });
export type AdminModel = z.output<typeof adminModelSchema>;

/** The model after `POST /admin/models` or `PATCH /admin/models/{model}`. */
export const changedModelSchema = adminModelSchema
  .extend({
    warnings: z
      .array(z.string())
      .meta({ description: 'What is in force but needs attention, such as an unknown price' }),
  })
  .meta({ id: 'ChangedModel', example: { ...adminModelExample, warnings: [] } });
export type ChangedModel = z.output<typeof changedModelSchema>;

export const adminModelListSchema = z
  .object({ data: z.array(adminModelSchema) })
  .meta({ id: 'AdminModelList', example: { data: [adminModelExample] } });
export type AdminModelList = z.output<typeof adminModelListSchema>;
