import { z } from 'zod';
import { timeSchema } from './common';
import { keyRoleSchema } from './keys';
import { displayCurrencies, settingsSchema, zoneNameSchema } from './settings';

const preferencesExample = {
  language: 'ko',
  timezone: null,
  currency: 'KRW',
  theme: 'dark',
  shortcuts: true,
} as const;

/** What a person has chosen for the console; null means the setting of the company, of the browser or of the system. */
export const preferencesSchema = z
  .strictObject({
    language: z.enum(['ko', 'en']).nullable(),
    timezone: zoneNameSchema.nullable(),
    currency: z.enum(displayCurrencies).nullable(),
    theme: z.enum(['light', 'dark', 'auto']).nullable(),
    shortcuts: z.boolean().meta({ description: 'Whether single letters are keyboard shortcuts' }),
  })
  .meta({ id: 'Preferences', example: preferencesExample });
export type Preferences = z.output<typeof preferencesSchema>;

/** `GET /admin/me`: who the caller is, and what they may do. */
export const adminMeSchema = z
  .object({
    key_id: z
      .string()
      .meta({ description: 'The key of the request or of the sign-in; admin for the administrator’s key' }),
    name: z.string().meta({ description: 'The name of that key' }),
    role: keyRoleSchema,
    roles: z
      .array(
        z.object({
          role: keyRoleSchema,
          team_id: z.string().nullable().meta({ description: 'Null where the role reaches over all teams' }),
          team_name: z.string().nullable(),
        }),
      )
      .meta({ description: 'Each role, and the team that it is for' }),
    team: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The team of the key; null for the administrator’s key' }),
    permissions: z.array(z.string()).meta({ description: 'As `x-gateway-permission` of the routes' }),
    auth: z.enum(['session', 'key']),
    session: z
      .object({ id: z.string(), expires_at: timeSchema })
      .nullable()
      .meta({ description: 'The session of the request, with its latest end; null with a key' }),
    preferences: preferencesSchema,
    settings: settingsSchema.omit({ updated_at: true }),
    version: z.string().meta({ description: 'The version of the gateway' }),
  })
  .meta({
    id: 'AdminMe',
    example: {
      key_id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
      name: 'search in production',
      role: 'team_admin',
      roles: [{ role: 'team_admin', team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', team_name: 'search' }],
      team: { id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', name: 'search' },
      permissions: ['api:use', 'self:read', 'self:write', 'usage:read'],
      auth: 'session',
      session: { id: 'session_01KAS9A1B2C3D4E5F6G7H8J9K0', expires_at: '2026-11-29T09:00:00.000Z' },
      preferences: preferencesExample,
      settings: {
        timezone: 'Asia/Seoul',
        currency: 'KRW',
        exchange_rate: { krw_per_usd: '1385.20', date: '2026-11-27' },
      },
      version: '1.0.0',
    },
  });
export type AdminMe = z.output<typeof adminMeSchema>;
