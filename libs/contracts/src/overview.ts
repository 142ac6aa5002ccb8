import { z } from 'zod';
import { timeSchema, usdSchema } from './common';
import { filterSchema, NOT_BEFORE } from './report-queries';
import { localDayOrTimeSchema } from './report-times';
import { bySourceSchema } from './savings';
import { zoneNameSchema } from './settings';
import { inOrder } from './usage';

/** `GET /admin/overview`. */
export const overviewQuerySchema = z
  .strictObject({
    from: localDayOrTimeSchema.optional().meta({
      description: 'Not earlier than this. Default: the start of the month that the end is in.',
      example: '2026-11-01',
    }),
    to: localDayOrTimeSchema.optional().meta({
      description: 'Earlier than this; a day of the time zone is included whole. Default: the end of today.',
      example: '2026-11-30',
    }),
    timezone: zoneNameSchema.optional().meta({ description: 'Default: the time zone of the settings' }),
    team_id: filterSchema,
  })
  .refine(inOrder, NOT_BEFORE);
export type OverviewQuery = z.output<typeof overviewQuerySchema>;

const share = (description: string) => z.number().nullable().meta({ description, example: 0.602 });
const sums = {
  requests: z.int(),
  errors: z.int().meta({ description: 'Calls that ended in an error' }),
  error_rate: share('Errors per call, from 0 to 1; null without calls'),
  list_cost_usd: usdSchema.meta({ description: 'The cost of the calls without the gateway' }),
  cost_usd: usdSchema,
  saved_usd: usdSchema,
  saving_rate: share('What was saved of the list cost, from 0 to 1; null where that is 0'),
  saved_by: bySourceSchema,
};
const sumsSchema = z.object(sums).meta({ id: 'OverviewSums' });
const spanSchema = z.object({ from: timeSchema, to: timeSchema });
const topSchema = z
  .object({
    id: z.string().meta({ description: 'The id of a team or a key, or the name of a model' }),
    name: z.string().nullable().meta({ description: 'Null where there is none' }),
    requests: z.int(),
    list_cost_usd: usdSchema,
    cost_usd: usdSchema,
    saved_usd: usdSchema,
  })
  .meta({ id: 'OverviewTop' });

const sumsExample = {
  requests: 211_004,
  errors: 169,
  error_rate: 0.0008,
  list_cost_usd: '20620.12',
  cost_usd: '8211.9',
  saved_usd: '12408.22',
  saving_rate: 0.6018,
  saved_by: { cache: '7690', coalesced: '1117', dedupe: '0', batch: '2605.22', prompt_cache: '996', routing: '0' },
};
const topExample = {
  id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  name: 'search',
  requests: 101_220,
  list_cost_usd: '9120.2',
  cost_usd: '4100.1',
  saved_usd: '5020.1',
};

/** What the first page of the console shows, from one state of the ledger. */
export const overviewSchema = z
  .object({
    from: timeSchema,
    to: timeSchema,
    timezone: z.string(),
    team_id: z.string().nullable(),
    total: sumsSchema,
    previous: z.object({ ...spanSchema.shape, total: sumsSchema }).meta({
      description:
        'The period before: for a span from the start of a month the month before, else as many days. A span that is not over ' +
        'is compared with the part of the period before that is as long, to the end of the same hour.',
    }),
    days: z
      .array(
        z.object({
          day: z.string().meta({ description: 'A day of the time zone', example: '2026-11-23' }),
          requests: z.int(),
          errors: z.int(),
          list_cost_usd: usdSchema,
          cost_usd: usdSchema,
          saved_usd: usdSchema,
        }),
      )
      .meta({ description: 'Each day of the span up to today, also those without calls; at most 400' }),
    forecast: z
      .object({
        month: z.string().meta({ example: '2026-11' }),
        spent_usd: usdSchema.meta({ description: 'Of the month so far' }),
        cost_usd: usdSchema.meta({ description: 'The expected cost of the whole month' }),
        low_usd: usdSchema.nullable(),
        high_usd: usdSchema.nullable().meta({
          description:
            'The cost is within low and high in about four months of five; null with less than two weeks of calls',
        }),
        basis: z.enum(['weekday_hours', 'run_rate']),
        budgets_usd: usdSchema.nullable().meta({
          description: 'The sum of the monthly budgets of teams; null where there is none',
        }),
      })
      .nullable()
      .meta({ description: 'Null unless the span is of the running month' }),
    top: z
      .object({ teams: z.array(topSchema), models: z.array(topSchema), keys: z.array(topSchema) })
      .meta({ description: 'The five with the highest cost' }),
    to_do: z.object({
      budgets: z
        .array(
          z.object({
            id: z.string(),
            team_id: z.string(),
            team_name: z.string().nullable(),
            key_id: z.string().nullable(),
            key_name: z.string().nullable(),
            share: z.number().meta({ description: 'The highest threshold that is reached', example: 0.8 }),
            spent_usd: usdSchema,
            limit_usd: usdSchema,
            window: z.string(),
            resets_at: timeSchema.nullable(),
          }),
        )
        .meta({ description: 'Budgets at or over one of their thresholds, the fullest first; at most 20' }),
      keys: z
        .array(
          z.object({
            id: z.string(),
            name: z.string(),
            team_id: z.string(),
            team_name: z.string().nullable(),
            expires_at: timeSchema,
          }),
        )
        .meta({ description: 'Keys that expire within 14 days and are not replaced, the next first; at most 20' }),
      alerts: z.int().nullable().meta({
        description: 'Unacknowledged alerts of the last 30 days; null for roles that see no alerts',
      }),
      advice: z
        .object({
          usd_per_month: usdSchema,
          opportunities: z.int(),
          as_of: timeSchema,
        })
        .nullable()
        .meta({
          description:
            'What the savings report finds in the last 30 days, as of `as_of`; read anew after ten minutes; null until it is read',
        }),
    }),
    as_of: timeSchema.meta({ description: 'The overview has the calls that ended up to then on this instance' }),
  })
  .meta({
    id: 'Overview',
    example: {
      from: '2026-10-31T15:00:00.000Z',
      to: '2026-11-27T15:00:00.000Z',
      timezone: 'Asia/Seoul',
      team_id: null,
      total: sumsExample,
      previous: { from: '2026-09-30T15:00:00.000Z', to: '2026-10-27T12:00:00.000Z', total: sumsExample },
      days: [
        {
          day: '2026-11-01',
          requests: 7_800,
          errors: 6,
          list_cost_usd: '720.1',
          cost_usd: '301.2',
          saved_usd: '418.9',
        },
      ],
      forecast: {
        month: '2026-11',
        spent_usd: '8211.9',
        cost_usd: '9040.1',
        low_usd: '8800.2',
        high_usd: '9280',
        basis: 'weekday_hours',
        budgets_usd: '10000',
      },
      top: { teams: [topExample], models: [{ ...topExample, id: 'gpt-4.1', name: null }], keys: [] },
      to_do: {
        budgets: [
          {
            id: 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1',
            team_id: topExample.id,
            team_name: 'search',
            key_id: null,
            key_name: null,
            share: 0.8,
            spent_usd: '902.1',
            limit_usd: '1000',
            window: 'month',
            resets_at: '2026-11-30T15:00:00.000Z',
          },
        ],
        keys: [],
        alerts: 3,
        advice: { usd_per_month: '1240.5', opportunities: 4, as_of: '2026-11-27T11:00:00.000Z' },
      },
      as_of: '2026-11-27T11:04:10.000Z',
    },
  });
export type Overview = z.output<typeof overviewSchema>;
export type OverviewSums = z.output<typeof sumsSchema>;
