import { z } from 'zod';
import { budgetWindows } from './budgets';
import { timeSchema, usdSchema } from './common';

/** `GET /admin/budgets/{id}/windows`. */
export const budgetWindowsQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(24).default(3).meta({ description: 'How many past windows', example: 3 }),
});
export type BudgetWindowsQuery = z.output<typeof budgetWindowsQuerySchema>;

const spentSchema = usdSchema.meta({ description: 'What the calls of the window cost, by the ledger' });

/** The spending of a budget in past windows, and in the current one by day. */
export const budgetWindowsSchema = z
  .object({
    budget_id: z.string(),
    window: z.enum(budgetWindows),
    timezone: z.string(),
    limit_usd: usdSchema,
    past: z
      .array(z.object({ window_start: timeSchema, window_end: timeSchema, spent_usd: spentSchema }))
      .meta({ description: 'The newest first, by the window and time zone of now; empty for the window total' }),
    current: z.object({
      window_start: timeSchema.nullable().meta({ description: 'Null for the window total' }),
      window_end: timeSchema.nullable(),
      spent_usd: spentSchema,
      step: z.enum(['hour', 'day']).meta({ description: 'hour for the windows hour and day' }),
      points: z
        .array(
          z.object({
            start: timeSchema,
            spent_usd: usdSchema.meta({ description: 'In this step' }),
            cumulative_usd: usdSchema.meta({ description: 'In the window up to the end of this step' }),
          }),
        )
        .meta({ description: 'Each step up to now; for the window total the last 92 days' }),
    }),
  })
  .meta({
    id: 'BudgetWindows',
    example: {
      budget_id: 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1',
      window: 'month',
      timezone: 'Asia/Seoul',
      limit_usd: '100',
      past: [
        { window_start: '2026-09-30T15:00:00.000Z', window_end: '2026-10-31T15:00:00.000Z', spent_usd: '91.2' },
        { window_start: '2026-08-31T15:00:00.000Z', window_end: '2026-09-30T15:00:00.000Z', spent_usd: '88.04' },
      ],
      current: {
        window_start: '2026-10-31T15:00:00.000Z',
        window_end: '2026-11-30T15:00:00.000Z',
        spent_usd: '61.204418',
        step: 'day',
        points: [{ start: '2026-10-31T15:00:00.000Z', spent_usd: '3.1', cumulative_usd: '3.1' }],
      },
    },
  });
export type BudgetWindows = z.output<typeof budgetWindowsSchema>;
