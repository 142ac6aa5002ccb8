import { z } from 'zod';
import { timeSchema } from './common';

/** The currencies that amounts are shown in. Amounts of the ledger, budgets and this API are always dollars. */
export const displayCurrencies = ['USD', 'KRW'] as const;
export type DisplayCurrency = (typeof displayCurrencies)[number];

/** The name of a time zone. The service checks that it knows it. */
export const zoneNameSchema = z.string().min(1).max(64).meta({ description: 'An IANA name', example: 'Asia/Seoul' });

const exchangeRateSchema = z
  .strictObject({
    krw_per_usd: z
      .string()
      .regex(/^\d{1,6}(\.\d{1,6})?$/, 'must be a decimal text with at most 6 decimals, as "1385.20"')
      .refine((text) => /[1-9]/.test(text), 'must be above zero')
      .meta({ description: 'Won for a dollar, an exact decimal', example: '1385.20' }),
    date: z.iso.date().meta({ description: 'The day of the rate', example: '2026-11-27' }),
  })
  .meta({ id: 'ExchangeRate', example: { krw_per_usd: '1385.20', date: '2026-11-27' } });

const settingsExample = {
  timezone: 'Asia/Seoul',
  currency: 'KRW',
  exchange_rate: { krw_per_usd: '1385.20', date: '2026-11-27' },
} as const;

const settingsMembers = {
  timezone: zoneNameSchema.meta({
    description: 'The time zone of the company: the days and months of the console, and of reports that ask for it',
  }),
  currency: z.enum(displayCurrencies).meta({ description: 'What amounts are shown in; the ledger stays in dollars' }),
  exchange_rate: exchangeRateSchema.nullable().meta({ description: 'For display only; needed for KRW' }),
};

/** `PUT /admin/settings`. */
export const putSettingsSchema = z
  .strictObject(settingsMembers)
  .refine(({ currency, exchange_rate: rate }) => currency !== 'KRW' || rate !== null, {
    path: ['exchange_rate'],
    message: 'is required for the currency KRW',
  })
  .meta({ id: 'PutSettings', example: settingsExample });
export type PutSettings = z.output<typeof putSettingsSchema>;

/** The settings of the company. */
export const settingsSchema = z
  .object({
    ...settingsMembers,
    updated_at: timeSchema.nullable().meta({ description: 'Null while the defaults apply' }),
  })
  .meta({ id: 'Settings', example: { ...settingsExample, updated_at: '2026-11-27T09:00:00.000Z' } });
export type Settings = z.output<typeof settingsSchema>;
