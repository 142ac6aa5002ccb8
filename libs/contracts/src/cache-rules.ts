import { z } from 'zod';

/** The longest time to live of a stored response: one year. */
export const MAX_TTL_SECONDS = 365 * 24 * 3600;

/**
 * The names of cache controls in rules. A header and a member with the same meaning have one name: `max-age` is `s-maxage`,
 * `use_cache` is `use-cache`.
 */
export const cacheControlNames = [
  'ttl',
  's-maxage',
  'no-cache',
  'no-store',
  'namespace',
  'use-cache',
  'only-if-cached',
  'store-tool-calls',
] as const;
export type CacheControlName = (typeof cacheControlNames)[number];

const ttl = z.number().int().min(1).max(MAX_TTL_SECONDS);
const enabled = z.boolean().meta({ description: 'False: the cache is neither read nor written' });
const maxTtl = ttl.meta({
  description: 'The largest age of a stored response, in seconds, for every call',
  example: 86_400,
});
const shared = z.boolean().meta({ description: 'False: responses are not shared with other teams' });
const defaultTtl = ttl.meta({ description: 'Seconds to store a response, if the call sets no time', example: 604_800 });

const storeToolCalls = z.union([z.boolean(), z.literal('forced')]).meta({
  description:
    'Whether responses with tool calls are stored; `forced`, the default: if the request forces one function, as for structured output',
  example: 'forced',
});

/** The cache rules in `gateway.yaml` for all models. */
export const organisationCacheRulesSchema = z.strictObject({
  enabled: enabled.optional(),
  ttl_seconds: defaultTtl.optional(),
  max_ttl_seconds: maxTtl.optional(),
  shared: shared.optional(),
  store_tool_calls: storeToolCalls.optional(),
});

/** The cache rules of a model, in `gateway.yaml` and at `/admin/models`. */
export const modelCacheRulesSchema = organisationCacheRulesSchema
  .extend({
    replay_tokens_per_second: z.number().min(1).max(10_000).optional().meta({
      description: 'The speed of streams of stored responses; unlimited if omitted',
    }),
    ignore_fingerprint: z
      .boolean()
      .optional()
      .meta({ description: 'Whether a changed system_fingerprint is ignored for this model' }),
  })
  .meta({ id: 'ModelCacheRules' });
export type ModelCacheRules = z.output<typeof modelCacheRulesSchema>;

/** The cache rules of a key. */
export const keyCacheRulesSchema = z
  .strictObject({
    enabled: enabled.optional(),
    max_ttl_seconds: maxTtl.optional(),
    shared: shared.optional(),
    store_tool_calls: storeToolCalls.optional(),
    allowed_cache_controls: z
      .array(z.enum(cacheControlNames))
      .max(cacheControlNames.length)
      .optional()
      .meta({
        description: 'The cache controls that calls may send; others cause a 403. An empty list allows none',
        example: ['no-cache', 'ttl'],
      }),
  })
  .meta({ id: 'KeyCacheRules' });
export type KeyCacheRules = z.output<typeof keyCacheRulesSchema>;

type Clearable<Shape extends z.core.$ZodShape> = { [Name in keyof Shape]: z.ZodNullable<Shape[Name] & z.ZodType> };

/** The same rules; null removes a rule. */
function clearable<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<Clearable<Shape>, z.core.$strict> {
  const members = Object.entries(schema.shape).map(([name, member]) => [name, z.nullable(member)]);
  return z.strictObject(Object.fromEntries(members) as Clearable<Shape>);
}

/** Changes of rules: omitted rules do not change, null removes a rule, and null for the object removes all. */
export const keyCacheRulesChangeSchema = clearable(keyCacheRulesSchema).meta({ id: 'KeyCacheRulesChange' }).nullable();
export type KeyCacheRulesChange = z.output<typeof keyCacheRulesChangeSchema>;
export const modelCacheRulesChangeSchema = clearable(modelCacheRulesSchema)
  .meta({ id: 'ModelCacheRulesChange' })
  .nullable();
export type ModelCacheRulesChange = z.output<typeof modelCacheRulesChangeSchema>;
