import { z } from 'zod';
import { keyCacheRulesChangeSchema, keyCacheRulesSchema } from './cache-rules';
import { plainText, timeSchema } from './common';
import { filterSchema, longPage, nextCursorSchema } from './report-queries';
import { nameSchema } from './teams';

const MAX_RPM = 2_147_483_647;
const MAX_OUTPUT_TOKENS = 2_000_000;
const MAX_GRACE_SECONDS = 30 * 24 * 3600;

const modelsSchema = z
  .array(plainText(200).min(1))
  .min(1, 'must name a model; omit it or send null to allow all models')
  .max(1000)
  .nullable()
  .meta({ description: 'The models this key may use; null means all' });
const rpmLimitSchema = z
  .int()
  .min(1)
  .max(MAX_RPM)
  .nullable()
  .meta({ description: 'Requests per minute; null means unlimited' });
const batchLinesCountSchema = z.boolean().meta({
  description:
    'Whether lines of batches that run live count as requests per minute: they use three quarters of the limit at most, and wait. Lines in a vendor’s batch never count.',
});
const defaultMaxTokensSchema = z.int().min(1).max(MAX_OUTPUT_TOKENS).nullable().meta({
  description:
    'The limit of output tokens for calls without one, so that budgets hold less for them; null means that of the model',
});
const expiresAtSchema = z.iso
  .datetime({ offset: true })
  .nullable()
  .meta({ description: 'RFC 3339, in the future; null means never', example: '2027-11-23T00:00:00Z' });

/**
 * What a key may do under `/admin`: everything; read everything; manage its own team; read its own team's usage. All may call
 * `/v1`.
 */
export const keyRoleSchema = z.enum(['platform_admin', 'auditor', 'team_admin', 'member']);
export type KeyRole = z.output<typeof keyRoleSchema>;

/** `admin` is what earlier versions called `platform_admin`. */
const sentRoleSchema = z
  .enum([...keyRoleSchema.options, 'admin'])
  .transform((role): KeyRole => (role === 'admin' ? 'platform_admin' : role));

export const createKeySchema = z
  .strictObject({
    name: nameSchema,
    role: sentRoleSchema.default('member'),
    models: modelsSchema.optional(),
    expires_at: expiresAtSchema.optional(),
    rpm_limit: rpmLimitSchema.optional(),
    batch_lines_count: batchLinesCountSchema.optional(),
    default_max_tokens: defaultMaxTokensSchema.optional(),
    cache: keyCacheRulesSchema
      .nullish()
      .meta({ description: 'The cache rules of the key’s calls; null means no limits' }),
  })
  .meta({
    id: 'CreateKey',
    example: {
      name: 'search in production',
      models: ['gpt-4.1-mini'],
      rpm_limit: 600,
      default_max_tokens: 4_096,
      expires_at: '2027-11-23T00:00:00Z',
      cache: { max_ttl_seconds: 86_400, allowed_cache_controls: ['no-cache', 'ttl'] },
    },
  });
export type CreateKey = z.output<typeof createKeySchema>;

/** Omitted members do not change; null clears a member. */
export const updateKeySchema = z
  .strictObject({
    name: nameSchema.optional(),
    models: modelsSchema.optional(),
    expires_at: expiresAtSchema.optional(),
    rpm_limit: rpmLimitSchema.optional(),
    batch_lines_count: batchLinesCountSchema.optional(),
    default_max_tokens: defaultMaxTokensSchema.optional(),
    cache: keyCacheRulesChangeSchema.optional().meta({
      description: 'Omitted rules do not change; null removes a rule, and null for the object removes all',
    }),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .meta({
    id: 'UpdateKey',
    example: { rpm_limit: 1200, models: null, cache: { shared: false, max_ttl_seconds: null } },
  });
export type UpdateKey = z.output<typeof updateKeySchema>;

export const rotateKeySchema = z
  .strictObject({
    grace_seconds: z
      .int()
      .min(0)
      .max(MAX_GRACE_SECONDS)
      .default(0)
      .meta({ description: 'Seconds during which the old key still works' }),
  })
  .meta({ id: 'RotateKey', example: { grace_seconds: 3600 } })
  .optional();
export type RotateKey = z.output<typeof rotateKeySchema>;

/** `GET /admin/teams/{id}/keys`. */
export const listKeysQuerySchema = z.strictObject({
  include: z.enum(['revoked']).optional().meta({ description: 'revoked: revoked keys, too' }),
  ...longPage,
});
export type ListKeysQuery = z.output<typeof listKeysQuerySchema>;

/** `GET /admin/keys`. */
export const findKeysQuerySchema = listKeysQuerySchema.extend({
  name: plainText(200).trim().min(1).optional().meta({ description: 'A part of the name, in capitals or not' }),
  team_id: filterSchema.meta({ description: 'Only keys of this team' }),
});
export type FindKeysQuery = z.output<typeof findKeysQuerySchema>;

const keyExample = {
  id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
  prefix: 'sk-tg-Q2xv',
  name: 'search in production',
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  role: 'member',
  models: ['gpt-4.1-mini'],
  rpm_limit: 600,
  batch_lines_count: false,
  default_max_tokens: 4_096,
  expires_at: '2027-11-23T00:00:00.000Z',
  cache: { max_ttl_seconds: 86_400 },
  created_at: '2026-11-23T09:00:00.000Z',
  managed: false,
  replaced_by: null,
  revoked_at: null,
} as const;
const shownOnceExample = { ...keyExample, key: 'sk-tg-Q2xvbm9uZS1vZi15b3VyLWJ1c2luZXNzLXJlYWxseQ' };

/** An API key as `/admin` shows it, without the secret. */
export const apiKeySchema = z
  .object({
    id: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, to recognise it' }),
    name: z.string(),
    team_id: z.string(),
    role: keyRoleSchema,
    models: z.array(z.string()).nullable(),
    rpm_limit: z.int().nullable(),
    batch_lines_count: batchLinesCountSchema,
    default_max_tokens: z.int().nullable(),
    expires_at: timeSchema.nullable(),
    cache: keyCacheRulesSchema
      .nullable()
      .meta({ description: 'The cache rules of the key’s calls; null means no limits' }),
    created_at: timeSchema,
    managed: z.boolean().meta({
      description: 'True for the key that the console’s playground and batches use; its secret is not kept',
    }),
    replaced_by: z.string().nullable().meta({ description: 'The id of the key that took its place by a rotation' }),
    revoked_at: timeSchema.nullable().meta({ description: 'Null while the key is not revoked' }),
  })
  .meta({ id: 'ApiKey', example: keyExample });
export type ApiKey = z.output<typeof apiKeySchema>;

export const apiKeyListSchema = z
  .object({ data: z.array(apiKeySchema), next_cursor: nextCursorSchema })
  .meta({ id: 'ApiKeyList', example: { data: [keyExample], next_cursor: null } });
export type ApiKeyList = z.output<typeof apiKeyListSchema>;

/** A new key, in the only response with its secret. */
export const createdKeySchema = apiKeySchema
  .extend({ key: z.string() })
  .meta({ id: 'CreatedKey', example: shownOnceExample });
export type CreatedKey = z.output<typeof createdKeySchema>;

export const rotatedKeySchema = createdKeySchema
  .extend({ replaces: z.string().meta({ description: 'The id of the old key' }) })
  .meta({ id: 'RotatedKey', example: { ...shownOnceExample, replaces: 'key_01KAS4A7C9E1G3J5M7P9R2T4VW' } });
export type RotatedKey = z.output<typeof rotatedKeySchema>;
