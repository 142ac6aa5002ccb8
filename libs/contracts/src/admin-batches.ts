import { z } from 'zod';
import { batchExample, batchSchema, batchStatuses, createBatchSchema } from './batches';
import { plainText, timeSchema, usdSchema } from './common';
import { filterSchema, fromBeforeTo, nextCursorSchema, NOT_BEFORE } from './report-queries';
import { dayOrTimeSchema } from './report-times';
import { oneOf } from './request-filters';

const teamIdSchema = plainText(128)
  .min(1)
  .meta({ description: 'The team that pays', example: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE' });

/** `POST /admin/batches` and `/admin/batches/quote`: the members of `/v1/batches`, and the team. */
export const createAdminBatchSchema = createBatchSchema.safeExtend({ team_id: teamIdSchema }).meta({
  id: 'CreateAdminBatch',
  example: { team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', input_file_id: batchExample.input_file_id },
});
export type CreateAdminBatch = z.output<typeof createAdminBatchSchema>;

/** `POST /admin/files`. */
export const adminFileQuerySchema = z.strictObject({ team_id: teamIdSchema, key_id: filterSchema });
export type AdminFileQuery = z.output<typeof adminFileQuerySchema>;

/** `GET /admin/batches`. */
export const listAdminBatchesQuerySchema = z
  .strictObject({
    team_id: filterSchema,
    key_id: filterSchema,
    status: oneOf(batchStatuses, 'in_progress,failed'),
    from: dayOrTimeSchema('start').optional(),
    to: dayOrTimeSchema('end').optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z
      .string()
      .regex(/^batch_[0-9A-Z]+$/, 'must be the next_cursor of another page')
      .optional()
      .meta({ description: 'The next_cursor of the previous page, with the same filters' }),
  })
  .refine(fromBeforeTo, NOT_BEFORE);
export type ListAdminBatchesQuery = z.output<typeof listAdminBatchesQuerySchema>;

const owner = {
  team_id: z.string(),
  team_name: z.string().nullable(),
  key_id: z.string(),
  key_name: z.string().nullable(),
};
const ownerExample = {
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  team_name: 'Search',
  key_id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
  key_name: 'console playground',
};
const adminBatchExample = { ...batchExample, ...ownerExample };

/** A batch as `/v1/batches` shows it, with its team and key. */
export const adminBatchSchema = batchSchema.extend(owner).meta({ id: 'AdminBatch', example: adminBatchExample });
export type AdminBatch = z.output<typeof adminBatchSchema>;

/** A page of batches, newest first. */
export const adminBatchPageSchema = z
  .object({ data: z.array(adminBatchSchema), next_cursor: nextCursorSchema })
  .meta({ id: 'AdminBatchPage', example: { data: [adminBatchExample], next_cursor: null } });
export type AdminBatchPage = z.output<typeof adminBatchPageSchema>;

const count = z.int().min(0);

/** A batch with how its lines stand. */
export const adminBatchDetailsSchema = adminBatchSchema
  .extend({
    lines: z
      .object({
        pending: count.meta({ description: 'Not started' }),
        running: count.meta({ description: 'Running as calls' }),
        sharded: count.meta({ description: 'In a vendor’s batch' }),
        same: count.meta({ description: 'Waiting for the answer of an equal line' }),
        done: count,
        failed: count,
        cancelled: count,
        expired: count,
      })
      .meta({ description: 'How many lines are in each state' }),
    shards: z
      .array(
        z.object({
          id: z.string(),
          provider: z.string(),
          model: z.string(),
          upstream_model: z.string(),
          state: z.enum(['planned', 'sending', 'sent', 'ended']),
          lines: count,
          vendor_batch_id: z.string().nullable(),
          vendor_status: z.string().nullable(),
          error: z.string().nullable(),
          worst_cost_usd: usdSchema.meta({ description: 'What its lines cost at worst' }),
          created_at: timeSchema,
          ended_at: timeSchema.nullable(),
        }),
      )
      .meta({ description: 'The vendors’ batches that run lines of it' }),
    errors_by_code: z
      .array(
        z.object({
          code: z.string(),
          lines: count,
          samples: z.array(z.object({ line: count, custom_id: z.string(), message: z.string() })),
        }),
      )
      .meta({
        description: 'The lines without a response by error code, the most frequent first, with three examples each',
      }),
  })
  .meta({
    id: 'AdminBatchDetails',
    example: {
      ...adminBatchExample,
      lines: { pending: 0, running: 0, sharded: 0, same: 0, done: 199, failed: 1, cancelled: 0, expired: 0 },
      shards: [],
      errors_by_code: [
        {
          code: 'upstream_error',
          lines: 1,
          samples: [{ line: 17, custom_id: 'question-17', message: 'The server is overloaded.' }],
        },
      ],
    },
  });
export type AdminBatchDetails = z.output<typeof adminBatchDetailsSchema>;

/** The files of a batch; `results` are the lines that have ended so far, with or without a response. */
export const batchContents = ['input', 'output', 'errors', 'results'] as const;
export type BatchContent = (typeof batchContents)[number];
export const batchContentSchema = z.enum(batchContents, `must be one of ${batchContents.join(', ')}`);
