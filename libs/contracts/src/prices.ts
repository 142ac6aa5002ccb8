import { z } from 'zod';
import { dollarsSchema, plainText, timeSchema, usdSchema } from './common';

const MAX_TIERS = 10;

const rateSchema = dollarsSchema(6, '8.00').meta({ description: 'US dollars per million tokens', example: '8.00' });
const rates = {
  input_usd_per_mtok: rateSchema,
  output_usd_per_mtok: rateSchema,
  cached_input_usd_per_mtok: rateSchema.optional(),
  cache_write_usd_per_mtok: rateSchema.optional(),
  long_cache_write_usd_per_mtok: rateSchema.optional().meta({
    description:
      'Input that the vendor keeps in its prompt cache for an hour or longer; default: cache_write_usd_per_mtok',
    example: '8.00',
  }),
  reasoning_usd_per_mtok: rateSchema.optional(),
  audio_input_usd_per_mtok: rateSchema
    .optional()
    .meta({ description: 'Sound in the input; default: as text', example: '32.00' }),
  cached_audio_usd_per_mtok: rateSchema.optional(),
  audio_output_usd_per_mtok: rateSchema.optional(),
};
const nameSchema = plainText(200).min(1);
const timeInSchema = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const tiersSchema = z.array(z.strictObject({ ...rates, above_input_tokens: z.int().min(1) })).max(MAX_TIERS);
const multiplierSchema = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,6})?$/, 'must be a decimal number in quotes with at most 6 decimals, as "0.8"')
  .meta({ description: 'A negotiated factor on the price', example: '0.8' });
const noteSchema = plainText(1000);

/** The members of what a price says. */
const said = {
  ...rates,
  input_usd_per_mtok: rateSchema.optional(),
  output_usd_per_mtok: rateSchema.optional(),
  batch: z.strictObject(rates).optional(),
  tiers: tiersSchema.optional(),
  multiplier: multiplierSchema.optional(),
};

/** What a price says: rates, or a multiplier. */
interface Said {
  multiplier?: string | undefined;
  tiers?: { above_input_tokens: number }[] | undefined;
}

const isRate = (name: string) => name.endsWith('_mtok') || name === 'batch' || name === 'tiers';

function saysOneThing({ multiplier, ...body }: Said): boolean {
  return multiplier === undefined || !Object.keys(body).some(isRate);
}

function hasDistinctTiers({ tiers = [] }: Said): boolean {
  return new Set(tiers.map((tier) => tier.above_input_tokens)).size === tiers.length;
}

const ONE_THING = { path: ['multiplier'], message: 'cannot be combined with rates' };
const BOTH_RATES = (unless: string) => ({
  path: ['input_usd_per_mtok'],
  message: `is required with output_usd_per_mtok, unless there is ${unless}`,
});
const DISTINCT_TIERS = { path: ['tiers'], message: 'must not have the same above_input_tokens twice' };

/** `POST /admin/prices`: either the rates of a model, or a multiplier. */
export const createPriceSchema = z
  .strictObject({
    model: nameSchema
      .optional()
      .meta({ description: 'Public or upstream name; multipliers without it apply to every model' }),
    provider: nameSchema.optional().meta({ description: 'Only attempts at this provider' }),
    team_id: nameSchema.optional().meta({ description: 'Only this team' }),
    valid_from: timeInSchema
      .optional()
      .meta({ description: 'RFC 3339; default: now. A past time does not change the price of earlier calls.' }),
    ...said,
    note: noteSchema.optional(),
  })
  .refine(saysOneThing, ONE_THING)
  .refine(
    (body) =>
      body.multiplier !== undefined ||
      (body.input_usd_per_mtok !== undefined && body.output_usd_per_mtok !== undefined),
    BOTH_RATES('a multiplier'),
  )
  .refine(({ multiplier, model }) => multiplier !== undefined || model !== undefined, {
    path: ['model'],
    message: 'is required for rates',
  })
  .refine(hasDistinctTiers, DISTINCT_TIERS)
  .meta({
    id: 'CreatePrice',
    example: {
      model: 'gpt-4.1',
      valid_from: '2026-12-01T00:00:00Z',
      input_usd_per_mtok: '1.80',
      output_usd_per_mtok: '7.20',
    },
  });
export type CreatePrice = z.output<typeof createPriceSchema>;

/** `PATCH /admin/prices/{id}`. Its model, provider and team stay. */
export const updatePriceSchema = z
  .strictObject({
    valid_from: timeInSchema.optional().meta({ description: 'RFC 3339' }),
    ...said,
    note: noteSchema.nullable().optional(),
  })
  .refine(saysOneThing, ONE_THING)
  .refine(
    (body) =>
      !Object.keys(body).some(isRate) ||
      (body.input_usd_per_mtok !== undefined && body.output_usd_per_mtok !== undefined),
    BOTH_RATES('no rate'),
  )
  .refine(hasDistinctTiers, DISTINCT_TIERS)
  .meta({ id: 'UpdatePrice', example: { input_usd_per_mtok: '1.70', output_usd_per_mtok: '6.80' } });
export type UpdatePrice = z.output<typeof updatePriceSchema>;

const wireRates = {
  input_usd_per_mtok: usdSchema,
  cached_input_usd_per_mtok: usdSchema,
  cache_write_usd_per_mtok: usdSchema,
  long_cache_write_usd_per_mtok: usdSchema,
  output_usd_per_mtok: usdSchema,
  reasoning_usd_per_mtok: usdSchema,
  audio_input_usd_per_mtok: usdSchema
    .optional()
    .meta({ description: 'Sound in the input, where it has a price of its own' }),
  cached_audio_usd_per_mtok: usdSchema.optional(),
  audio_output_usd_per_mtok: usdSchema.optional(),
};
const priceExample = {
  id: 'price_01KAS7C1D3E5F7G9H2J4K6M8N0',
  model: 'gpt-4.1',
  provider: null,
  team_id: null,
  valid_from: '2026-12-01T00:00:00.000Z',
  multiplier: null,
  rates: {
    input_usd_per_mtok: '1.8',
    cached_input_usd_per_mtok: '1.8',
    cache_write_usd_per_mtok: '1.8',
    long_cache_write_usd_per_mtok: '1.8',
    output_usd_per_mtok: '7.2',
    reasoning_usd_per_mtok: '7.2',
    batch: null,
    tiers: [],
  },
  source: 'admin',
  note: null,
  created_by: 'admin',
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

/** A configured price. */
export const priceSchema = z
  .object({
    id: z.string(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    team_id: z.string().nullable(),
    valid_from: timeSchema,
    multiplier: z.string().nullable(),
    rates: z
      .object({
        ...wireRates,
        batch: z.object(wireRates).nullable(),
        tiers: z.array(z.object({ above_input_tokens: z.int(), ...wireRates })),
      })
      .nullable(),
    source: z.enum(['admin', 'import']),
    note: z.string().nullable(),
    created_by: z.string(),
    created_at: timeSchema,
  })
  .meta({ id: 'Price', example: priceExample });
export type Price = z.output<typeof priceSchema>;

export const listPricesQuerySchema = z.strictObject({
  model: nameSchema.optional(),
  provider: nameSchema.optional(),
  team_id: nameSchema.optional(),
});
export type ListPricesQuery = z.output<typeof listPricesQuerySchema>;

export const priceListSchema = z
  .object({ data: z.array(priceSchema) })
  .meta({ id: 'PriceList', example: { data: [priceExample] } });
export type PriceList = z.output<typeof priceListSchema>;

/** `POST /admin/prices/import`. */
export const importPricesSchema = z
  .strictObject({
    catalogue: z
      .record(nameSchema, z.record(z.string(), z.unknown()))
      .meta({ description: 'Models by name, with the members of LiteLLM’s model_prices_and_context_window.json' }),
    valid_from: timeInSchema.optional(),
    dry_run: z.boolean().default(false),
  })
  .meta({
    id: 'ImportPrices',
    example: {
      catalogue: {
        'gpt-4.1': {
          litellm_provider: 'openai',
          mode: 'chat',
          input_cost_per_token: '1.8e-06',
          output_cost_per_token: '7.2e-06',
        },
      },
      dry_run: true,
    },
  });
export type ImportPrices = z.output<typeof importPricesSchema>;

export const importedPricesSchema = z
  .object({
    dry_run: z.boolean(),
    added: z.array(z.string()).meta({ description: 'Models without a previous price' }),
    changed: z.array(z.string()),
    unchanged: z.int(),
    skipped: z.array(z.object({ model: z.string(), reason: z.string() })),
  })
  .meta({
    id: 'ImportedPrices',
    example: { dry_run: true, added: [], changed: ['gpt-4.1'], unchanged: 320, skipped: [] },
  });
export type ImportedPrices = z.output<typeof importedPricesSchema>;

/** `POST /admin/prices/rerate`. */
export const rerateSchema = z
  .strictObject({
    from: timeInSchema,
    to: timeInSchema,
    model: nameSchema.optional(),
    team_id: nameSchema.optional(),
    provider: nameSchema.optional(),
    dry_run: z.boolean().default(false),
  })
  .refine(({ from, to }) => from < to, { path: ['from'], message: 'must be before to' })
  .meta({
    id: 'Rerate',
    example: { from: '2026-11-01T00:00:00Z', to: '2026-11-15T00:00:00Z', model: 'gpt-4.1', dry_run: true },
  });
export type Rerate = z.output<typeof rerateSchema>;

export const reratedSchema = z
  .object({
    dry_run: z.boolean(),
    looked_at: z.int().meta({ description: 'Settled attempts in the period' }),
    corrected: z.int(),
    unpriced: z.int().meta({ description: 'Attempts without a known price; their booked cost does not change' }),
    inexact: z.int().meta({
      description: 'Attempts whose row lacks what their price depends on; their booked cost does not change',
    }),
    list_cost_change_usd: usdSchema,
    cost_change_usd: usdSchema,
  })
  .meta({
    id: 'Rerated',
    example: {
      dry_run: true,
      looked_at: 12000,
      corrected: 11874,
      unpriced: 0,
      inexact: 0,
      list_cost_change_usd: '-3.21',
      cost_change_usd: '-3.08',
    },
  });
export type Rerated = z.output<typeof reratedSchema>;
