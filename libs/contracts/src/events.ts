import { z } from 'zod';
import { alertSchema } from './alerts';
import { batchStatuses } from './batches';
import { timeSchema, usdSchema } from './common';
import { filterSchema } from './report-queries';
import { oneOf, requestFilters } from './request-filters';
import { requestRowSchema } from './requests';

export const eventTopics = ['batches', 'alerts', 'requests'] as const;
export type EventTopic = (typeof eventTopics)[number];

/** `GET /admin/events`. The filters of rows are those of `GET /admin/requests`, and count for the topic `requests` alone. */
export const eventsQuerySchema = z.strictObject({
  topics: oneOf(eventTopics, 'batches,alerts').meta({
    description:
      'A comma-separated list of batches, alerts, requests. Default: batches, and alerts where the role may read them',
  }),
  team_id: filterSchema.meta({ description: 'Only of this team, in all topics' }),
  key_id: filterSchema.meta({ description: 'Only of this key, in batches and requests' }),
  model: filterSchema,
  batch_id: filterSchema,
  ...requestFilters,
});
export type EventsQuery = z.output<typeof eventsQuerySchema>;

/** `event: batch`: a batch whose counts or status have changed. */
export const batchEventSchema = z
  .object({
    id: z.string(),
    team_id: z.string(),
    key_id: z.string(),
    status: z.enum(batchStatuses),
    request_counts: z.object({ total: z.int(), completed: z.int(), failed: z.int() }),
    cached: z.int(),
    list_cost_usd: usdSchema,
    cost_usd: usdSchema,
    saved_usd: usdSchema,
    expires_at: timeSchema,
  })
  .meta({ id: 'BatchEvent' });
export type BatchEvent = z.output<typeof batchEventSchema>;

/** `event: lagging`: there was more than a stream carries; load the list again. */
export const laggingEventSchema = z
  .object({
    topic: z.enum(eventTopics),
    dropped: z.int().nullable().meta({ description: 'Null where it is not known' }),
  })
  .meta({ id: 'LaggingEvent', example: { topic: 'requests', dropped: 210 } });
export type LaggingEvent = z.output<typeof laggingEventSchema>;

/** An event of the stream by its name. `event: end` is the last one. */
export interface AdminEvents {
  batch: BatchEvent;
  alert: z.output<typeof alertSchema>;
  request: z.output<typeof requestRowSchema>;
  lagging: LaggingEvent;
  /** Why the stream ends: the session or key has ended, or the gateway stops. */
  end: { reason: 'signed_out' | 'stopping' };
}
