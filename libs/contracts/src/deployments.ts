import { z } from 'zod';
import { usdSchema } from './common';
import { upstreamHealthExample, upstreamHealthSchema } from './health-windows';

/** Why a deployment gets no calls. */
const openReasons = ['rate_limit', 'failing', 'credential', 'forbidden', 'model_gone'] as const;

const milliseconds = z.number().int().nullable();

/** A deployment as one process sees it. */
export const deploymentStateSchema = z
  .object({
    deployment: z.string().meta({ description: 'Provider and upstream model', example: 'openai/gpt-4.1' }),
    models: z.array(z.string()).meta({ description: 'The models that it is behind', example: ['assistant'] }),
    breaker: z.enum(['closed', 'open', 'half_open']).meta({
      description: 'closed: it gets calls. open: it gets none while others answer. half_open: the next call probes it.',
    }),
    reason: z.enum(openReasons).nullable().meta({ description: 'Why the breaker is open; null while it is closed' }),
    opens_to_calls_in_ms: milliseconds.meta({ description: 'Until a call may probe; null while it is closed' }),
    running: z.number().int().meta({ description: 'Running calls', example: 3 }),
    stream_latency_ms: milliseconds.meta({
      description: 'Decayed average of the time to the first content of streams; null without any',
      example: 480,
    }),
    latency_ms: milliseconds.meta({ description: 'The same of other calls, to their end', example: 2100 }),
    price: z
      .object({
        input_usd_per_mtok: usdSchema,
        cached_input_usd_per_mtok: usdSchema,
        output_usd_per_mtok: usdSchema,
        estimated: z.boolean().meta({ description: 'True where no price is known for it' }),
      })
      .meta({ description: 'Now, for a team without prices of its own. History: GET /admin/prices?model=' }),
    health: upstreamHealthSchema,
  })
  .meta({ id: 'DeploymentState' });

/** `GET /admin/deployments`. */
export const deploymentStatesSchema = z.object({ data: z.array(deploymentStateSchema) }).meta({
  id: 'DeploymentStates',
  example: {
    data: [
      {
        deployment: 'openai/gpt-4.1',
        models: ['assistant'],
        breaker: 'open',
        reason: 'failing',
        opens_to_calls_in_ms: 3200,
        running: 0,
        stream_latency_ms: 480,
        latency_ms: 2100,
        price: {
          input_usd_per_mtok: '2',
          cached_input_usd_per_mtok: '0.5',
          output_usd_per_mtok: '8',
          estimated: false,
        },
        health: upstreamHealthExample,
      },
    ],
  },
});
export type DeploymentStates = z.output<typeof deploymentStatesSchema>;
