import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { filterSchema } from './report-queries';
import { dayOrTimeSchema } from './report-times';

export const auditActions = [
  'team.created',
  'team.updated',
  'team.deleted',
  'key.created',
  'key.updated',
  'key.rotated',
  'key.revoked',
  'playground.called',
  'file.uploaded',
  'batch.created',
  'batch.quoted',
  'batch.cancelled',
  'batch.retried',
  'budget.created',
  'budget.updated',
  'budget.deleted',
  'price.created',
  'price.updated',
  'price.imported',
  'price.withdrawn',
  'price.rerated',
  'credit.granted',
  'credit.topped_up',
  'credit.expired',
  'credits.updated',
  'webhook.created',
  'webhook.updated',
  'webhook.tested',
  'webhook.deleted',
  'cache.invalidated',
  'cache_share.created',
  'cache_share.updated',
  'cache_share.deleted',
  'key.cache_rules_changed',
  'model.created',
  'model.updated',
  'model.deleted',
  'model.tested',
  'model.version_configured',
  'model.version_declared',
  'model.replaced',
  'model.retargeted',
  'model.drifted',
  'provider.created',
  'provider.updated',
  'provider.deleted',
  'provider.tested',
  'provider_key.created',
  'provider_key.replaced',
  'provider_key.deleted',
  'session.started',
  'session.ended',
  'settings.updated',
  'preferences.updated',
  'alert.acknowledged',
] as const;
/** Actions of administrators, and of the gateway itself. */
export type AuditAction = (typeof auditActions)[number];

/** `GET /admin/audit`. */
export const listAuditQuerySchema = z.strictObject({
  action: z.enum(auditActions).optional(),
  team_id: filterSchema.meta({ description: 'Only what concerns this team' }),
  actor: plainText(128).min(1).optional().meta({ description: 'A key’s id or name, admin, or gateway' }),
  subject: plainText(512)
    .min(1)
    .optional()
    .meta({ description: 'The changed object: a model’s name, an id, or the name of a key or a team' }),
  from: dayOrTimeSchema('start').optional(),
  to: dayOrTimeSchema('end').optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: plainText(128).min(1).optional().meta({ description: 'The next_cursor of the previous page' }),
});
export type ListAuditQuery = z.output<typeof listAuditQuerySchema>;

const auditExample = {
  id: 'audit_01KAS8F3G5H7J9K2M4N6P8Q1R3',
  actor: 'key_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  actor_name: 'platform operations',
  action: 'model.version_declared',
  subject: 'gpt-4.1',
  subject_name: null,
  team_id: null,
  before: { version: '2026-08-01' },
  after: { version: '2026-11-01' },
  details: { version: '2026-11-01', generations: { 'gpt-4.1': 3 } },
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

export const auditEventSchema = z
  .object({
    id: z.string(),
    actor: z
      .string()
      .meta({ description: 'A key’s id, admin for the administrator’s key, gateway for changes by the gateway' }),
    actor_name: z.string().nullable().meta({ description: 'The name of the actor’s key; null for admin and gateway' }),
    action: z.string(),
    subject: z.string().nullable().meta({ description: 'The changed object; null means everything' }),
    subject_name: z.string().nullable().meta({
      description:
        'The name of the changed key or team, of the key or team of a budget, or what the event says of another object; null for names',
    }),
    team_id: z.string().nullable().meta({ description: 'The team that the change concerns; null for all' }),
    before: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'The object before the change, without secrets; null for a new one' }),
    after: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'The object after the change, without secrets; null for a deleted one' }),
    details: z.record(z.string(), z.unknown()),
    created_at: timeSchema,
  })
  .meta({ id: 'AuditEvent', example: auditExample });
export type AuditEvent = z.output<typeof auditEventSchema>;

/** A page of events, newest first. */
export const auditPageSchema = z
  .object({ data: z.array(auditEventSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditPage', example: { data: [auditExample], next_cursor: null } });
export type AuditPage = z.output<typeof auditPageSchema>;
