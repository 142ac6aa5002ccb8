import { z } from 'zod';
import { dollarsSchema, plainText, timeSchema, usdSchema } from './common';

const amountSchema = dollarsSchema(12, '100.00')
  .refine((usd) => !/^[0.]+$/.test(usd), 'must be more than zero')
  .meta({ description: 'US dollars', example: '100.00' });
const noteSchema = plainText(1000).optional();
const referenceSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'must be 1 to 128 visible ASCII characters')
  .optional()
  .meta({
    description: 'Your own reference, such as an invoice number. A credit is booked once per reference',
    example: 'invoice-2026-114',
  });

/** `POST /admin/teams/{id}/credits/grants`. */
export const createGrantSchema = z
  .strictObject({
    amount_usd: amountSchema,
    expires_at: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text))
      .optional()
      .meta({ description: 'RFC 3339; the remaining amount expires then', example: '2027-03-01T00:00:00Z' }),
    note: noteSchema,
    reference: referenceSchema,
  })
  .meta({ id: 'CreateGrant', example: { amount_usd: '50.00', expires_at: '2027-03-01T00:00:00Z', note: 'trial' } });
export type CreateGrant = z.output<typeof createGrantSchema>;
/** The input type, before parsing. */
export type NewGrant = z.input<typeof createGrantSchema>;

/** `POST /admin/teams/{id}/credits/top-ups`. */
export const createTopUpSchema = z
  .strictObject({ amount_usd: amountSchema, note: noteSchema, reference: referenceSchema })
  .meta({ id: 'CreateTopUp', example: { amount_usd: '500.00', reference: 'invoice-2026-114' } });
export type CreateTopUp = z.output<typeof createTopUpSchema>;

export const updateCreditsSchema = z
  .strictObject({ prepaid: z.boolean().meta({ description: 'Whether calls are refused when the balance is used up' }) })
  .meta({ id: 'UpdateCredits', example: { prepaid: true } });
export type UpdateCredits = z.output<typeof updateCreditsSchema>;

const creditExample = {
  id: 'transfer_01KAS9A1B3C5D7E9F2G4H6J8K0',
  kind: 'grant',
  amount_usd: '50',
  remaining_usd: '41.2',
  expires_at: '2027-03-01T00:00:00.000Z',
  note: 'trial',
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

export const creditSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['grant', 'top_up']),
    amount_usd: usdSchema,
    remaining_usd: usdSchema.meta({ description: 'The credit that expires first is used first' }),
    expires_at: timeSchema.nullable(),
    note: z.string().nullable(),
    created_at: timeSchema,
  })
  .meta({ id: 'Credit', example: creditExample });
export type Credit = z.output<typeof creditSchema>;

export const creditsSchema = z
  .object({
    team_id: z.string(),
    prepaid: z.boolean(),
    balance_usd: usdSchema.meta({
      description: 'Below zero if a team that is not prepaid used more than its credits',
    }),
    granted_usd: usdSchema,
    topped_up_usd: usdSchema,
    expired_usd: usdSchema,
    used_usd: usdSchema,
    credits: z.array(creditSchema),
  })
  .meta({
    id: 'Credits',
    example: {
      team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
      prepaid: true,
      balance_usd: '41.2',
      granted_usd: '50',
      topped_up_usd: '0',
      expired_usd: '0',
      used_usd: '8.8',
      credits: [creditExample],
    },
  });
export type Credits = z.output<typeof creditsSchema>;

export const statementLanguages = ['en', 'ko'] as const;

/** `GET /admin/teams/{id}/statements/{month}`. */
export const statementQuerySchema = z.strictObject({
  format: z.enum(['json', 'csv', 'html']).default('json'),
  lang: z.enum(statementLanguages).default('en'),
  timezone: z.string().min(1).max(64).default('UTC').meta({ example: 'Asia/Seoul' }),
});
export type StatementQuery = z.output<typeof statementQuerySchema>;

export const statementMonthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, for example 2026-11');

const usageSums = {
  requests: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  list_cost_usd: usdSchema,
  saved_usd: usdSchema,
  cost_usd: usdSchema,
};

/** A month of a team: opening balance, movements, usage and closing balance. */
export const statementSchema = z
  .object({
    team_id: z.string(),
    team_name: z.string(),
    month: z.string(),
    timezone: z.string(),
    opening_balance_usd: usdSchema,
    movements: z.array(
      z.object({
        id: z.string(),
        at: timeSchema,
        kind: z.enum(['grant', 'top_up', 'expiry']),
        note: z.string().nullable(),
        amount_usd: usdSchema.meta({ description: 'Below zero for an expiry' }),
      }),
    ),
    usage: z.array(z.object({ model: z.string(), ...usageSums })),
    usage_total: z.object(usageSums),
    closing_balance_usd: usdSchema.meta({ description: 'Below zero where the team owes money' }),
    amount_owed_usd: usdSchema.meta({ description: 'What the team owes at the end of the month; 0 with a balance' }),
  })
  .meta({
    id: 'Statement',
    example: {
      team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
      team_name: 'search',
      month: '2026-11',
      timezone: 'Asia/Seoul',
      opening_balance_usd: '12.5',
      movements: [
        { id: creditExample.id, at: '2026-11-23T09:00:00.000Z', kind: 'grant', note: 'trial', amount_usd: '50' },
      ],
      usage: [
        {
          model: 'gpt-4.1',
          requests: 1200,
          input_tokens: 840000,
          output_tokens: 96000,
          list_cost_usd: '12.4',
          saved_usd: '9.3',
          cost_usd: '3.1',
        },
      ],
      usage_total: {
        requests: 1200,
        input_tokens: 840000,
        output_tokens: 96000,
        list_cost_usd: '12.4',
        saved_usd: '9.3',
        cost_usd: '3.1',
      },
      closing_balance_usd: '59.4',
      amount_owed_usd: '0',
    },
  });
export type Statement = z.output<typeof statementSchema>;

const teamMonth = {
  opening_balance_usd: usdSchema,
  credits_usd: usdSchema.meta({ description: 'Grants and top-ups less what expired' }),
  usage: z.object(usageSums),
  closing_balance_usd: usdSchema,
  amount_owed_usd: usdSchema.meta({
    description: 'What is owed at the end of the month; a balance of another team pays nothing of it',
  }),
};
const teamMonthExample = {
  opening_balance_usd: '0',
  credits_usd: '0',
  usage: {
    requests: 1200,
    input_tokens: 840000,
    output_tokens: 96000,
    list_cost_usd: '12.4',
    saved_usd: '9.3',
    cost_usd: '3.1',
  },
  closing_balance_usd: '-3.1',
  amount_owed_usd: '3.1',
};

/** `GET /admin/statements/{month}`. */
export const organisationStatementQuerySchema = statementQuerySchema.extend({
  format: z.enum(['json', 'csv']).default('json'),
});
export type OrganisationStatementQuery = z.output<typeof organisationStatementQuerySchema>;

/** A month of all teams: those with a balance, credits or calls, also deleted ones. */
export const organisationStatementSchema = z
  .object({
    month: z.string(),
    timezone: z.string(),
    teams: z.array(z.object({ team_id: z.string(), team_name: z.string(), ...teamMonth })),
    total: z.object(teamMonth),
  })
  .meta({
    id: 'OrganisationStatement',
    example: {
      month: '2026-11',
      timezone: 'Asia/Seoul',
      teams: [{ team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', team_name: 'search', ...teamMonthExample }],
      total: teamMonthExample,
    },
  });
export type OrganisationStatement = z.output<typeof organisationStatementSchema>;
