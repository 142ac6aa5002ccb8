import { z } from 'zod';
import { plainText } from './common';

const milliseconds = z.number().int().positive().max(86_400_000);

const modelNames = z.array(plainText(128).min(1)).min(1).max(10);

const strategySchema = z.enum(['weighted', 'least-busy', 'latency', 'cheapest']).meta({
  description: 'How the deployments of one priority are ordered for a call',
});

const prefixAffinitySchema = z.boolean().meta({
  description: 'Whether the calls of a conversation go to one deployment, whose prompt cache has its beginning',
});

/** Models that answer in place of one, by the reason. */
const fallbacksByReason = z.strictObject({
  context_too_long: modelNames.optional(),
  content_filter: modelNames.optional(),
  rate_limit: modelNames.optional(),
  error: modelNames.optional(),
});

const fallbacksSchema = z.union([modelNames, fallbacksByReason]).meta({
  description: 'Models that answer where all deployments did not: a list for every reason, or by reason',
});

const timeoutsSchema = z
  .strictObject({
    connect_ms: milliseconds.optional(),
    first_byte_ms: milliseconds.optional(),
    idle_ms: milliseconds.optional(),
    total_ms: milliseconds.optional(),
  })
  .meta({ description: 'Of each attempt, in milliseconds. Omitted ones are those of all models' });

/** How the calls of a model find a deployment, as gateway.yaml and `/admin/models` write it. */
export const routingSettingsSchema = z.strictObject({
  routing: strategySchema.optional(),
  prefix_affinity: prefixAffinitySchema.optional(),
  fallbacks: fallbacksSchema.optional(),
  timeouts: timeoutsSchema.optional(),
});
export type RoutingSettings = z.output<typeof routingSettingsSchema>;

/** The same as changes: omitted members stay as they are, and null removes one. */
export const routingChangesSchema = z.strictObject({
  routing: strategySchema.nullish(),
  prefix_affinity: prefixAffinitySchema.nullish(),
  fallbacks: fallbacksSchema.nullish(),
  timeouts: timeoutsSchema.nullish(),
});
export type RoutingChanges = z.output<typeof routingChangesSchema>;

/** The routing that is in force for a model. */
export const routingInForceSchema = z.object({
  routing: strategySchema,
  prefix_affinity: prefixAffinitySchema,
  fallbacks: z.object({
    context_too_long: z.array(z.string()).optional(),
    content_filter: z.array(z.string()).optional(),
    rate_limit: z.array(z.string()).optional(),
    error: z.array(z.string()).optional(),
  }),
  timeouts: timeoutsSchema,
});
