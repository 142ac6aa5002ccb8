import { z } from 'zod';
import { dollarsSchema, plainText, timeSchema, usdSchema } from './common';
import { filterSchema, longPage, nextCursorSchema } from './report-queries';

export const budgetWindows = ['hour', 'day', 'week', 'month', 'total'] as const;
export const budgetActions = ['block', 'warn', 'downgrade', 'defer'] as const;

const MAX_LIMIT_USD = 9_000_000;

const limitSchema = dollarsSchema(12, '100.00')
  .refine((usd) => Number(usd) <= MAX_LIMIT_USD, `must not be above ${MAX_LIMIT_USD}`)
  .meta({ description: 'The most dollars to spend per window', example: '100.00' });
const timezoneSchema = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'IANA name; windows begin at midnight in this time zone', example: 'Asia/Seoul' });
const actionSchema = z.enum(budgetActions).meta({
  description:
    'What happens to a call that exceeds the budget. block: 402. warn: the call runs and an alert is raised. downgrade: the ' +
    'model in downgrade_to runs the call. defer: 402, and lines of batches wait for the next window.',
});
const modelSchema = plainText(200)
  .min(1)
  .meta({ description: 'The model for calls after the budget is used up', example: 'gpt-4.1-mini' });
const thresholdsSchema = z
  .array(z.number().gt(0).max(10))
  .max(20)
  .transform((shares) => [...new Set(shares)].toSorted((a, b) => a - b))
  .meta({ description: 'Shares of the limit at which an alert is raised, once per window', example: [0.5, 0.8, 1] });

const downgradeNamesModel = (body: { action?: string | undefined; downgrade_to?: string | null | undefined }) =>
  body.action !== 'downgrade' || typeof body.downgrade_to === 'string';
const DOWNGRADE_RULE = { path: ['downgrade_to'], message: 'is required for the action downgrade' };

/** `POST /admin/budgets`. */
export const createBudgetSchema = z
  .strictObject({
    team_id: plainText(128).min(1).optional(),
    key_id: plainText(128).min(1).optional(),
    limit_usd: limitSchema,
    window: z.enum(budgetWindows),
    timezone: timezoneSchema.default('UTC'),
    action: actionSchema.default('block'),
    downgrade_to: modelSchema.optional(),
    thresholds: thresholdsSchema.default([0.8, 1]),
  })
  .refine(({ team_id, key_id }) => (team_id === undefined) !== (key_id === undefined), {
    path: ['team_id'],
    message: 'send either team_id or key_id',
  })
  .refine(downgradeNamesModel, DOWNGRADE_RULE)
  .meta({
    id: 'CreateBudget',
    example: {
      team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
      limit_usd: '100.00',
      window: 'month',
      timezone: 'Asia/Seoul',
      action: 'block',
      thresholds: [0.8, 1],
    },
  });
export type CreateBudget = z.output<typeof createBudgetSchema>;
/** The input type, before parsing. */
export type NewBudget = z.input<typeof createBudgetSchema>;

/** Omitted members do not change. The team or key cannot be changed. */
export const updateBudgetSchema = z
  .strictObject({
    limit_usd: limitSchema.optional(),
    window: z.enum(budgetWindows).optional(),
    timezone: timezoneSchema.optional(),
    action: actionSchema.optional(),
    downgrade_to: modelSchema.nullable().optional(),
    thresholds: thresholdsSchema.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({ id: 'UpdateBudget', example: { limit_usd: '250.00' } });
export type UpdateBudget = z.output<typeof updateBudgetSchema>;

export const listBudgetsQuerySchema = z.strictObject({
  team_id: filterSchema,
  key_id: filterSchema,
  ...longPage,
});
export type ListBudgetsQuery = z.output<typeof listBudgetsQuerySchema>;

const budgetExample = {
  id: 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1',
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  key_id: null,
  limit_usd: '100',
  window: 'month',
  timezone: 'Asia/Seoul',
  action: 'block',
  downgrade_to: null,
  thresholds: [0.8, 1],
  window_start: '2026-10-31T15:00:00.000Z',
  resets_at: '2026-11-30T15:00:00.000Z',
  spent_usd: '61.204418',
  reserved_usd: '0.0312',
  remaining_usd: '38.764382',
  forecast_usd: '83.91',
  forecast_low_usd: '78.2',
  forecast_high_usd: '89.62',
  forecast_basis: 'weekday_hours',
  created_at: '2026-11-01T00:00:00.000Z',
  updated_at: '2026-11-01T00:00:00.000Z',
} as const;

/** A budget and its current window. */
export const budgetSchema = z
  .object({
    id: z.string(),
    team_id: z.string(),
    key_id: z.string().nullable(),
    limit_usd: usdSchema,
    window: z.enum(budgetWindows),
    timezone: z.string(),
    action: z.enum(budgetActions),
    downgrade_to: z.string().nullable(),
    thresholds: z.array(z.number()),
    window_start: timeSchema.nullable().meta({ description: 'Null for the window total' }),
    resets_at: timeSchema.nullable(),
    spent_usd: usdSchema,
    reserved_usd: usdSchema.meta({ description: 'Held for running calls, and leased by instances for the next ones' }),
    remaining_usd: usdSchema.meta({ description: 'The limit less spent and reserved; never below zero' }),
    forecast_usd: usdSchema.nullable().meta({ description: 'The expected spend at the end of the window' }),
    forecast_low_usd: usdSchema.nullable(),
    forecast_high_usd: usdSchema.nullable().meta({
      description:
        'The spend at the end is within low and high in about four windows of five; null with less than two weeks of calls',
    }),
    forecast_basis: z.enum(['weekday_hours', 'run_rate']).nullable().meta({
      description: 'Weighted by the cost of the same hours in previous weeks, or the run rate only',
    }),
    created_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'Budget', example: budgetExample });
export type Budget = z.output<typeof budgetSchema>;

export const budgetListSchema = z
  .object({ data: z.array(budgetSchema), next_cursor: nextCursorSchema })
  .meta({ id: 'BudgetList', example: { data: [budgetExample], next_cursor: null } });
export type BudgetList = z.output<typeof budgetListSchema>;
