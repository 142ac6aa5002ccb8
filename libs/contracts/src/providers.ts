import { z } from 'zod';
import { plainText, timeSchema, usdSchema } from './common';
import { deploymentStateSchema } from './deployments';
import { providerHealthSchema, upstreamHealthExample } from './health-windows';
import { providerHeaders, providerQuery } from './provider-extras';

/** It stands in headers and in the names of deployments. */
const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
  .meta({ description: 'The name that deployments, prices and reports use', example: 'groq-eu' });
const typeSchema = plainText(64).min(1).meta({
  description: 'A vendor, as in docs/providers.md; `openai-compatible` for any other server',
  example: 'groq',
});
const baseUrlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .regex(/^[^?#]*$/, 'must have no query and no fragment; set `query`')
  .meta({
    description:
      'https, on the public internet; private addresses as PROVIDER_ALLOWED_NETWORKS allows them. Omitted or null: the vendor’s own',
    example: 'https://api.groq.com/openai/v1',
  });
const secretSchema = z
  .string()
  .max(4096)
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters without spaces')
  .meta({ description: 'The vendor’s API key. It is stored encrypted and never shown', example: 'gsk_4f1c0a9e' });
const keyNameSchema = plainText(128).min(1).meta({ description: 'For people', example: 'production' });
const headersSchema = providerHeaders.meta({ description: 'Sent with each request. Values are never shown' });
const querySchema = providerQuery.meta({ description: 'Parameters of each request’s URL, as Azure’s api-version' });
const enabledSchema = z.boolean().meta({ description: 'False: it gets no calls' });
const catalogueSchema = z.boolean().meta({
  description:
    'Whether the vendor’s models of the catalogue are served under their own names. Default: whether the provider has the vendor’s name',
});

/** `POST /admin/providers`. */
export const createProviderSchema = z
  .strictObject({
    name: nameSchema,
    type: typeSchema,
    base_url: baseUrlSchema.nullish(),
    headers: headersSchema.optional(),
    query: querySchema.optional(),
    enabled: enabledSchema.default(true),
    serves_catalogue: catalogueSchema.optional(),
    api_key: secretSchema.optional().meta({
      description: 'One key, as in gateway.yaml; the first of `keys`. It is stored encrypted and never shown',
    }),
    keys: z
      .array(z.strictObject({ key: secretSchema, name: keyNameSchema.optional() }))
      .max(100)
      .default([]),
  })
  .meta({
    id: 'CreateProvider',
    example: { name: 'groq-eu', type: 'groq', keys: [{ key: 'gsk_4f1c0a9e', name: 'production' }] },
  });
export type CreateProvider = z.output<typeof createProviderSchema>;

/** `PATCH /admin/providers/{provider}`. */
export const updateProviderSchema = z
  .strictObject({
    base_url: baseUrlSchema.nullable().optional(),
    headers: z
      .record(z.string(), z.string().nullable())
      .optional()
      .meta({ description: 'Each one is set, or removed by null; the others do not change' }),
    query: querySchema.optional().meta({ description: 'Replaces all parameters' }),
    enabled: enabledSchema.optional(),
    serves_catalogue: catalogueSchema.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'UpdateProvider', example: { enabled: false } });
export type UpdateProvider = z.output<typeof updateProviderSchema>;

/** `POST /admin/providers/{provider}/keys`. */
export const createProviderKeySchema = z
  .strictObject({
    key: secretSchema,
    name: keyNameSchema.optional(),
    team_id: plainText(128).min(1).optional().meta({
      description: 'The team whose own key it is: its calls use it, and no others. Omitted: calls of all teams',
    }),
    fallback: z
      .boolean()
      .optional()
      .meta({ description: 'Of a team’s key: whether its calls go on with the gateway’s keys where it fails' }),
    replaces: plainText(128)
      .min(1)
      .optional()
      .meta({ description: 'The id of a key that is deleted with the same change: calls that use it go on' }),
  })
  .refine(({ team_id, fallback }) => fallback === undefined || team_id !== undefined, {
    path: ['fallback'],
    message: 'is only for the key of a team',
  })
  .meta({ id: 'CreateProviderKey', example: { key: 'gsk_4f1c0a9e', name: 'december' } });
export type CreateProviderKey = z.output<typeof createProviderKeySchema>;

const keyExample = {
  id: 'provider_key_01KAS8F3G5H7J9K2M4N6P8Q1R3',
  name: 'production',
  hint: '…a1b2',
  team_id: null,
  fallback: false,
  set_aside: null,
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

export const providerKeySchema = z
  .object({
    id: z.string().nullable().meta({ description: 'Null for the key of the environment or gateway.yaml' }),
    name: z.string().nullable(),
    hint: z.string().nullable().meta({ description: 'The last characters; null for a short key' }),
    team_id: z.string().nullable().meta({ description: 'The team whose own key it is; null is the gateway’s' }),
    fallback: z.boolean(),
    set_aside: z
      .object({ reason: z.string(), for_ms: z.number().int() })
      .nullable()
      .meta({ description: 'Why the process that answers does not use it, and for how long; null while it does' }),
    created_at: timeSchema.nullable(),
  })
  .meta({ id: 'ProviderKey', example: keyExample });
export type ProviderKey = z.output<typeof providerKeySchema>;

const providerExample = {
  name: 'groq-eu',
  source: 'admin',
  type: 'groq',
  base_url: 'https://api.groq.com/openai/v1',
  headers: [],
  query: {},
  enabled: true,
  serves_catalogue: false,
  problem: null,
  keys: [keyExample],
  deployments: [],
  health: { ...upstreamHealthExample, spend_today_usd: '12.4', keys_set_aside: 0 },
  created_at: '2026-11-23T09:00:00.000Z',
  updated_at: '2026-11-23T09:00:00.000Z',
} as const;

export const providerSchema = z
  .object({
    name: z.string(),
    source: z
      .enum(['environment', 'gateway.yaml', 'admin'])
      .meta({ description: 'Only those of `admin` can be changed here' }),
    type: z.string(),
    base_url: z.string(),
    headers: z.array(z.string()).meta({ description: 'The names; values are not shown' }),
    query: z.record(z.string(), z.string()),
    enabled: z.boolean(),
    serves_catalogue: z.boolean(),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why it cannot answer; null if nothing is known to be missing' }),
    keys: z.array(providerKeySchema),
    deployments: z
      .array(deploymentStateSchema)
      .meta({ description: 'The deployments of models at this provider, as the process that answers sees them' }),
    health: providerHealthSchema,
    created_at: timeSchema.nullable(),
    updated_at: timeSchema.nullable(),
  })
  .meta({ id: 'Provider', example: providerExample });
export type Provider = z.output<typeof providerSchema>;

export const providerListSchema = z
  .object({ data: z.array(providerSchema) })
  .meta({ id: 'ProviderList', example: { data: [providerExample] } });
export type ProviderList = z.output<typeof providerListSchema>;

/** `POST /admin/providers/{provider}/test`. */
export const testProviderSchema = z
  .strictObject({
    model: plainText(128).min(1).optional().meta({
      description:
        'The provider’s name of a model, which is asked for a few tokens. Omitted: the list of models is read, which costs nothing',
    }),
    key_id: plainText(128).min(1).optional().meta({ description: 'The key to test. Default: the first one' }),
  })
  .meta({ id: 'TestProvider', example: { model: 'llama-3.3-70b-versatile' } })
  .optional();
export type TestProvider = z.output<typeof testProviderSchema>;

export const providerTestSchema = z
  .object({
    ok: z.boolean(),
    status: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'The HTTP status of the provider; null without a response' }),
    error: z.string().nullable(),
    latency_ms: z.number().int(),
    models: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'How many models the list has; null where it was not read' }),
    cost_usd: usdSchema.meta({
      description: 'What the test cost; it is in the ledger, with the tag gateway:provider-test',
    }),
  })
  .meta({
    id: 'ProviderTest',
    example: { ok: true, status: 200, error: null, latency_ms: 210, models: 24, cost_usd: '0' },
  });
export type ProviderTest = z.output<typeof providerTestSchema>;
