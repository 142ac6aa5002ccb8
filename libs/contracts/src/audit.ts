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
  'audit.chain_started',
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
  seq: 1204,
  hash: '5f0c1f0e9a8d7b6c5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d',
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
    seq: z.number().int().nullable().meta({
      description: 'Its number in the chain of hashes, without gaps; null for an event from before the chain',
    }),
    hash: z
      .string()
      .nullable()
      .meta({ description: 'SHA-256 of the event and of the hash of the event before it, in hex; null as seq' }),
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

const hex256 = /^[0-9a-f]{64}$/;
const hashExample = auditExample.hash;
const anchorExample = `1204:${hashExample}:9d1f0c3b2a4e5d6c7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6`;

/** `GET /admin/audit/verify`. */
export const verifyAuditQuerySchema = z.strictObject({
  anchor: z
    .string()
    .regex(/^[1-9]\d{0,14}(:[0-9a-f]{64}){1,2}$/, 'must be <seq>:<hash> or <seq>:<hash>:<hmac>')
    .optional()
    .meta({
      description:
        'An entry as it once was: `<seq>:<hash>` of an event, or the `anchor` of a log line, an export or an earlier verification, ' +
        'whose HMAC is checked too. Shows a chain that was cut off or computed anew',
      example: anchorExample,
    }),
  max_age_seconds: z.coerce.number().int().min(0).max(86_400).default(0).meta({
    description: 'How old a verification of this process may be that is returned again; 0 reads the whole chain now',
  }),
});
export type VerifyAuditQuery = z.output<typeof verifyAuditQuerySchema>;

export const auditProblems = ['missing', 'inserted', 'changed', 'unlinked', 'earlier', 'head', 'anchor'] as const;
/** How a chain is broken. */
export type AuditProblem = (typeof auditProblems)[number];

/** Whether every entry of the audit is as it was written. */
export const auditVerificationSchema = z
  .object({
    ok: z.boolean(),
    entries: z.number().int().meta({ description: 'How many entries are as they were written, from the first one on' }),
    earlier_events: z
      .number()
      .int()
      .meta({ description: 'How many events from before the chain the hash of its first entry covers' }),
    first_at: timeSchema.nullable().meta({ description: 'When the chain began' }),
    last_at: timeSchema.nullable().meta({ description: 'The time of the last entry that is as it was written' }),
    head: z
      .object({
        seq: z.number().int(),
        hash: z.string().regex(hex256),
        anchor: z.string().meta({
          description:
            '`<seq>:<hash>:<hmac>`, to be kept elsewhere; HMAC-SHA256 of `<seq>:<hash>` under a key derived from SECRET_KEY',
        }),
      })
      .nullable()
      .meta({ description: 'The newest entry' }),
    broken: z
      .object({
        seq: z.number().int().meta({ description: 'The first entry that is not as it was written' }),
        problem: z.enum(auditProblems).meta({
          description:
            '`missing`: it is not there. `inserted`: a second entry has its number. `changed`: its hash is not that of its content. ' +
            '`unlinked`: it does not have the hash of the entry before. `earlier`: the events from before the chain have changed. ' +
            '`head`: it is the last row and not the head that the database has noted, or a row behind it. `anchor`: it has another hash than in the anchor, or ' +
            'than this process has seen before',
        }),
      })
      .nullable()
      .meta({ description: 'Null if every entry is as it was written' }),
    verified_at: timeSchema.meta({ description: 'When the chain was read' }),
  })
  .meta({
    id: 'AuditVerification',
    example: {
      ok: true,
      entries: 1204,
      earlier_events: 0,
      first_at: '2026-11-01T08:00:00.000Z',
      last_at: '2026-11-23T09:00:00.000Z',
      head: { seq: 1204, hash: hashExample, anchor: anchorExample },
      broken: null,
      verified_at: '2026-11-23T09:30:00.000Z',
    },
  });
export type AuditVerification = z.output<typeof auditVerificationSchema>;
