import { z } from 'zod';
import { budgetActions, budgetWindows } from './budgets';
import { keyCacheRulesSchema } from './cache-rules';
import { usdSchema } from './common';
import { keyRoleSchema } from './keys';

const secondsSchema = z.int().meta({ description: 'Seconds since 1970' });

const budgetSchema = z.object({
  id: z.string(),
  scope: z.enum(['team', 'key']).meta({ description: 'Whose calls count against it: the team’s or this key’s' }),
  limit_usd: usdSchema,
  window: z.enum(budgetWindows),
  timezone: z.string(),
  action: z.enum(budgetActions),
  spent_usd: usdSchema,
  reserved_usd: usdSchema.meta({ description: 'Held for running calls' }),
  remaining_usd: usdSchema.meta({ description: 'The limit less spent and reserved; never below zero' }),
  resets_at: secondsSchema.nullable().meta({ description: 'Null for the window total' }),
});

/** `GET /v1/key`: what the key of this call is, may and has left. */
export const keyInfoSchema = z
  .object({
    object: z.literal('key'),
    id: z.string(),
    name: z.string().nullable().meta({ description: 'Null for the administrator’s key of the environment' }),
    prefix: z.string().nullable(),
    role: keyRoleSchema,
    team: z.object({ id: z.string(), name: z.string() }),
    models: z.array(z.string()).nullable().meta({ description: 'The models this key may use; null means all' }),
    default_max_tokens: z.int().nullable(),
    cache: keyCacheRulesSchema.nullable(),
    limits: z.object({
      requests_per_minute: z
        .object({
          limit: z.int(),
          remaining: z.int(),
          resets_in_seconds: z.number().meta({ description: 'Until the limit is whole again without further calls' }),
        })
        .nullable()
        .meta({ description: 'Null means unlimited' }),
    }),
    budgets: z.array(budgetSchema).meta({ description: 'Each call counts against all of them' }),
    created_at: secondsSchema.nullable(),
    expires_at: secondsSchema.nullable().meta({ description: 'Null means never' }),
  })
  .meta({
    id: 'KeyInfo',
    example: {
      object: 'key',
      id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
      name: 'search in production',
      prefix: 'sk-tg-Q2xv',
      role: 'member',
      team: { id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', name: 'Search' },
      models: ['gpt-4.1-mini'],
      default_max_tokens: 4_096,
      cache: { max_ttl_seconds: 86_400 },
      limits: { requests_per_minute: { limit: 600, remaining: 588, resets_in_seconds: 41.5 } },
      budgets: [
        {
          id: 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1',
          scope: 'team',
          limit_usd: '100',
          window: 'month',
          timezone: 'Asia/Seoul',
          action: 'block',
          spent_usd: '61.204418',
          reserved_usd: '0.0312',
          remaining_usd: '38.764382',
          resets_at: 1_764_514_800,
        },
      ],
      created_at: 1_763_888_400,
      expires_at: 1_795_392_000,
    },
  });
export type KeyInfo = z.output<typeof keyInfoSchema>;
