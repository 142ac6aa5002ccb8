import { z } from 'zod';

/** A year: the longest that an answer is kept. */
export const MAX_TTL_SECONDS = 365 * 24 * 3600;

/**
 * The controls of a call by the names that rules know them under. A header and a member that ask for the same have one name:
 * `max-age` is `s-maxage`, `use_cache` is `use-cache`.
 */
export const cacheControlNames = [
  'ttl',
  's-maxage',
  'no-cache',
  'no-store',
  'namespace',
  'use-cache',
  'only-if-cached',
] as const;
export type CacheControlName = (typeof cacheControlNames)[number];

const ttl = z.number().int().min(1).max(MAX_TTL_SECONDS);
const enabled = z.boolean().meta({ description: 'False: nothing is looked up and nothing kept' });
const maxTtl = ttl.meta({
  description: 'No answer is kept, or served, for longer than so many seconds, whatever the call asks for',
  example: 86_400,
});
const shared = z.boolean().meta({ description: 'False: answers stay with the team, whatever it shares' });
const defaultTtl = ttl.meta({ description: 'Seconds to keep an answer where the call does not say', example: 604_800 });

/** What `gateway.yaml` may say for every model, and of each. */
export const organisationCacheRulesSchema = z.strictObject({
  enabled: enabled.optional(),
  ttl_seconds: defaultTtl.optional(),
  max_ttl_seconds: maxTtl.optional(),
  shared: shared.optional(),
});

/** The cache rules of a model, in `gateway.yaml` and at `/admin/models`. */
export const modelCacheRulesSchema = organisationCacheRulesSchema
  .extend({
    store_tool_calls: z.boolean().optional().meta({ description: 'Whether answers that call tools are kept' }),
    replay_tokens_per_second: z.number().min(1).max(10_000).optional().meta({
      description: 'How fast streams of stored answers go out; as fast as they are read where it is left out',
    }),
    ignore_fingerprint: z
      .boolean()
      .optional()
      .meta({ description: 'Whether another system_fingerprint means nothing for this model' }),
  })
  .meta({ id: 'ModelCacheRules' });
export type ModelCacheRules = z.output<typeof modelCacheRulesSchema>;

/** The cache rules of a key. */
export const keyCacheRulesSchema = z
  .strictObject({
    enabled: enabled.optional(),
    max_ttl_seconds: maxTtl.optional(),
    shared: shared.optional(),
    allowed_cache_controls: z
      .array(z.enum(cacheControlNames))
      .max(cacheControlNames.length)
      .optional()
      .meta({
        description: 'The cache controls that calls may send; another one is a 403. An empty list allows none',
        example: ['no-cache', 'ttl'],
      }),
  })
  .meta({ id: 'KeyCacheRules' });
export type KeyCacheRules = z.output<typeof keyCacheRulesSchema>;

type Clearable<Shape extends z.core.$ZodShape> = { [Name in keyof Shape]: z.ZodNullable<Shape[Name] & z.ZodType> };

/** The same rules, each of which null takes away. */
function clearable<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
): z.ZodObject<Clearable<Shape>, z.core.$strict> {
  const members = Object.entries(schema.shape).map(([name, member]) => [name, z.nullable(member)]);
  return z.strictObject(Object.fromEntries(members) as Clearable<Shape>);
}

/** Changes of rules: what is left out stays, null takes a rule away, and null in place of all takes all away. */
export const keyCacheRulesChangeSchema = clearable(keyCacheRulesSchema).meta({ id: 'KeyCacheRulesChange' }).nullable();
export type KeyCacheRulesChange = z.output<typeof keyCacheRulesChangeSchema>;
export const modelCacheRulesChangeSchema = clearable(modelCacheRulesSchema)
  .meta({ id: 'ModelCacheRulesChange' })
  .nullable();
export type ModelCacheRulesChange = z.output<typeof modelCacheRulesChangeSchema>;
