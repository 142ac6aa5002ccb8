import {
  dollarsSchema,
  modelCacheRulesSchema,
  organisationCacheRulesSchema,
  plainText,
  providerHeaders,
  providerQuery,
  routingSettingsSchema,
} from '@thriftgate/contracts';
import { VENDORS, type VendorName, vendorOf } from '@thriftgate/providers';
import { z } from 'zod';

const name = plainText(128).min(1);
const price = dollarsSchema(6, '8.00');

const types = Object.keys(VENDORS) as VendorName[];
const provider = z
  .strictObject({
    type: z.enum([...types, 'simulator']),
    base_url: z.url({ protocol: /^https?$/ }).optional(),
    api_key: z.string().optional(),
    headers: providerHeaders.default({}),
    query: providerQuery.default({}),
  })
  .superRefine(({ type, base_url }, context) => {
    if (type === 'simulator' || base_url !== undefined || vendorOf(type)?.baseUrl !== undefined) return;
    context.addIssue({ code: 'custom', path: ['base_url'], message: `is required for a provider of type ${type}` });
  })
  .refine(({ api_key, headers }) => !api_key || headers.authorization === undefined, {
    path: ['headers', 'authorization'],
    message: 'and api_key are both a credential; set one of them',
  });

const deployment = z.strictObject({
  provider: name,
  model: name,
  priority: z.number().int().min(0).default(1),
  weight: z.number().positive().default(1),
  max_parallel: z.number().int().positive().optional(),
});

const model = z.strictObject({
  deployments: z.array(deployment).min(1),
  ...routingSettingsSchema.shape,
  version: plainText(128).min(1).optional(),
  cache: modelCacheRulesSchema.optional(),
  default_max_tokens: z.number().int().positive().max(2_000_000).optional(),
});

const rates = {
  input_usd_per_mtok: price,
  output_usd_per_mtok: price,
  cached_input_usd_per_mtok: price.optional(),
  cache_write_usd_per_mtok: price.optional(),
  long_cache_write_usd_per_mtok: price.optional(),
  reasoning_usd_per_mtok: price.optional(),
  audio_input_usd_per_mtok: price.optional(),
  cached_audio_usd_per_mtok: price.optional(),
  audio_output_usd_per_mtok: price.optional(),
};
const modelPrice = z.strictObject({
  ...rates,
  batch: z.strictObject(rates).optional(),
  tiers: z.array(z.strictObject({ ...rates, above_input_tokens: z.number().int().positive() })).optional(),
});

const alerts = z.strictObject({
  anomaly_factor: z.number().min(1.1).max(1000).default(3),
  anomaly_floor_usd: dollarsSchema(12, '5.00').default('1.00'),
  forecast: z.boolean().default(true),
});

const credits = z.strictObject({
  new_team_usd: dollarsSchema(12, '10.00').optional(),
  expires_after_days: z.number().int().positive().max(3650).optional(),
  prepaid: z.boolean().default(false),
});

/** When a new version or fingerprint in upstream responses counts as a change of the model. */
const drift = z.strictObject({
  known_days: z.number().int().min(1).max(365).default(30),
  flapping_fingerprints: z.number().int().min(0).max(100).default(5),
});

/** `gateway.yaml`: providers, models and prices that extend or replace the built-in catalogue. */
export const gatewayFileSchema = z.strictObject({
  providers: z.record(name, provider).default({}),
  models: z.record(name, model).default({}),
  prices: z.record(name, modelPrice).default({}),
  cache: organisationCacheRulesSchema.default({}),
  alerts: alerts.prefault({}),
  credits: credits.prefault({}),
  drift: drift.prefault({}),
});

export type GatewayFile = z.output<typeof gatewayFileSchema>;
export type ModelSettings = GatewayFile['models'][string];

/**
 * Replaces `${NAME}` in every string by the environment variable.
 *
 * @param missing collects the names that are not set
 */
export function substituteVariables(value: unknown, env: NodeJS.ProcessEnv, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      const found = env[variable];
      if (found === undefined) missing.add(variable);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => substituteVariables(item, env, missing));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, substituteVariables(item, env, missing)]),
    );
  }
  return value;
}
