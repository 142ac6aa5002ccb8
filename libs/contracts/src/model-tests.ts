import { z } from 'zod';
import { usdSchema } from './common';

/** `POST /admin/models/{model}/test`: one short call to each deployment. */
export const modelTestSchema = z
  .object({
    model: z.string(),
    ok: z.boolean().meta({ description: 'Whether all deployments answered' }),
    deployments: z.array(
      z.object({
        deployment: z.string().meta({ description: 'Provider and upstream model', example: 'openai/gpt-4.1' }),
        ok: z.boolean(),
        status: z.int().nullable().meta({ description: 'The HTTP status of the provider; null without a response' }),
        error: z.string().nullable(),
        latency_ms: z.int(),
        cost_usd: usdSchema,
      }),
    ),
    cost_usd: usdSchema.meta({
      description: 'What the test cost; it is in the ledger, with the tag gateway:provider-test',
    }),
  })
  .meta({
    id: 'ModelTest',
    example: {
      model: 'assistant',
      ok: true,
      deployments: [
        { deployment: 'openai/gpt-4.1', ok: true, status: 200, error: null, latency_ms: 610, cost_usd: '0.000032' },
      ],
      cost_usd: '0.000032',
    },
  });
export type ModelTest = z.output<typeof modelTestSchema>;
