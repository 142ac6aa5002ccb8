import { z } from 'zod';
import type { alertSchema } from './alerts';
import type { batchStatuses } from './batches';
import { filterSchema } from './report-queries';
import { oneOf, requestFilters } from './request-filters';
import type { requestRowSchema } from './requests';

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
export interface BatchEvent {
  id: string;
  team_id: string;
  key_id: string;
  status: (typeof batchStatuses)[number];
  request_counts: { total: number; completed: number; failed: number };
  cached: number;
  /** Decimal dollars, as the other costs. */
  list_cost_usd: string;
  cost_usd: string;
  saved_usd: string;
  /** RFC 3339. */
  expires_at: string;
}

/** `event: lagging`: there was more than a stream carries; load the list again. */
export interface LaggingEvent {
  topic: EventTopic;
  /** How many events were left out; null where it is not known. */
  dropped: number | null;
}

/** An event of the stream by its name. `event: end` is the last one. */
export interface AdminEvents {
  batch: BatchEvent;
  alert: z.output<typeof alertSchema>;
  request: z.output<typeof requestRowSchema>;
  lagging: LaggingEvent;
  /** Why the stream ends: the session or key has ended, or the gateway stops. */
  end: { reason: 'signed_out' | 'stopping' };
}
