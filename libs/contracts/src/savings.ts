import { z } from 'zod';
import { plainText, usdSchema } from './common';
import { dayOrTimeSchema } from './report-times';

/** The groups of a savings report. */
export const savingsGroups = ['team', 'model', 'day'] as const;
export type SavingsGroup = (typeof savingsGroups)[number];

/** The sources of savings. */
export const savedBy = ['cache', 'coalesced', 'dedupe', 'batch', 'prompt_cache', 'routing'] as const;
export type SavedBy = (typeof savedBy)[number];

const teamSchema = plainText(128).min(1).optional();
const timezoneSchema = z.string().min(1).max(64).default('UTC').meta({ example: 'Asia/Seoul' });

/** `GET /admin/savings`. */
export const savingsQuerySchema = z
  .strictObject({
    from: dayOrTimeSchema('start')
      .optional()
      .meta({ description: 'Default: 30 days before the end', example: '2026-11-01' }),
    to: dayOrTimeSchema('end')
      .optional()
      .meta({ description: 'Default: now; at most 92 days after from', example: '2026-11-30' }),
    team_id: teamSchema,
    group_by: z
      .string()
      .default('')
      .transform((list, context): SavingsGroup[] => {
        const names = list === '' ? [] : list.split(',').map((name) => name.trim());
        const groups = names.flatMap((name) => savingsGroups.find((group) => group === name) ?? []);
        if (groups.length === names.length) return [...new Set(groups)];
        context.addIssue(`a comma-separated list of ${savingsGroups.join(', ')}`);
        return z.NEVER;
      })
      .meta({ description: `A comma-separated list of ${savingsGroups.join(', ')}`, example: 'team' }),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => !from || !to || from < to, { path: ['from'], message: 'must be before to' });
export type SavingsQuery = z.output<typeof savingsQuerySchema>;

export const bySourceSchema = z.object(
  Object.fromEntries(savedBy.map((name) => [name, usdSchema])) as Record<SavedBy, typeof usdSchema>,
);
const sums = {
  requests: z.int(),
  list_cost_usd: usdSchema.meta({ description: 'The cost of the calls without the gateway' }),
  cost_usd: usdSchema,
  saved_usd: usdSchema,
  saved_by: bySourceSchema,
};
const sumsExample = {
  requests: 1200,
  list_cost_usd: '12.4',
  cost_usd: '3.1',
  saved_usd: '9.3',
  saved_by: { cache: '9.1', coalesced: '0', dedupe: '0', batch: '0', prompt_cache: '0.2', routing: '0' },
};

const opportunitySchema = z
  .object({
    kind: z.enum(['repeated_question', 'deferrable_traffic']),
    reason: z.string().meta({ description: 'Why nothing was saved' }),
    model: z.string().nullable(),
    key_id: z.string().nullable(),
    calls: z.int(),
    cost_usd: usdSchema,
    could_save_usd: usdSchema,
    estimated: z.boolean().meta({ description: 'Whether the figures are estimated from a sample of the requests' }),
    setting: z.string().meta({ description: 'The setting to change' }),
  })
  .meta({ id: 'SavingsOpportunity' });

/** Savings, and opportunities for further savings. */
export const savingsReportSchema = z
  .object({
    data: z.array(
      z.object({
        team: z.string().optional(),
        model: z.string().optional(),
        day: z.string().optional(),
        ...sums,
      }),
    ),
    total: z.object(sums),
    opportunities: z.array(opportunitySchema),
  })
  .meta({
    id: 'SavingsReport',
    example: {
      data: [{ team: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', ...sumsExample }],
      total: sumsExample,
      opportunities: [
        {
          kind: 'repeated_question',
          reason: 'bypass',
          model: 'gpt-4.1',
          key_id: null,
          calls: 340,
          cost_usd: '1.02',
          could_save_usd: '1.02',
          estimated: false,
          setting: 'Do not send use_cache: false or Cache-Control: no-store with these calls.',
        },
      ],
    },
  });
export type SavingsReport = z.output<typeof savingsReportSchema>;

/** `GET /admin/savings/roi`. */
export const roiQuerySchema = z.strictObject({
  team_id: teamSchema,
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, for example 2026-11')
    .meta({ example: '2026-11' }),
  timezone: timezoneSchema,
});
export type RoiQuery = z.output<typeof roiQuerySchema>;

const roiSums = {
  before_usd: usdSchema.meta({ description: 'The cost of the month without the gateway' }),
  after_usd: usdSchema,
  saved_usd: usdSchema,
  saved_percent: z.number().meta({ description: 'saved_usd as a percentage of before_usd, with one decimal' }),
};

/** The cost of a month with and without the gateway. */
export const roiSchema = z
  .object({
    team_id: z.string().nullable(),
    month: z.string(),
    timezone: z.string(),
    ...roiSums,
    saved_by: bySourceSchema,
    models: z.array(z.object({ model: z.string(), ...roiSums })),
    projected: z
      .object(roiSums)
      .nullable()
      .meta({ description: 'The whole month at the current rate; null for a past month' }),
  })
  .meta({
    id: 'Roi',
    example: {
      team_id: null,
      month: '2026-11',
      timezone: 'Asia/Seoul',
      before_usd: '1240',
      after_usd: '310',
      saved_usd: '930',
      saved_percent: 75,
      saved_by: sumsExample.saved_by,
      models: [{ model: 'gpt-4.1', before_usd: '1240', after_usd: '310', saved_usd: '930', saved_percent: 75 }],
      projected: { before_usd: '1550', after_usd: '387.5', saved_usd: '1162.5', saved_percent: 75 },
    },
  });
export type Roi = z.output<typeof roiSchema>;
