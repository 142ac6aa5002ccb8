import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { nextCursorSchema } from './report-queries';

const states = ['pending', 'delivered', 'failed'] as const;

/** `GET /admin/webhooks/{id}/deliveries`. */
export const listDeliveriesQuerySchema = z.strictObject({
  state: z.enum(states).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: plainText(128).min(1).optional().meta({ description: 'The next_cursor of the previous page' }),
});
export type ListDeliveriesQuery = z.output<typeof listDeliveriesQuerySchema>;

const deliveryExample = {
  alert_id: 'alert_01KAS8F3G5H7J9K2M4N6P8Q1R3',
  kind: 'budget_threshold',
  severity: 'warning',
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  text: { en: 'Team search has spent $80.02.', ko: '팀 search의 지출이 $80.02입니다.' },
  state: 'delivered',
  tries: 2,
  attempts: [
    { at: '2026-11-23T09:00:01.000Z', delivered: false, error: 'responded with 500' },
    { at: '2026-11-23T09:00:02.100Z', delivered: true, error: null },
  ],
  next_attempt_at: null,
  delivered_at: '2026-11-23T09:00:02.100Z',
  created_at: '2026-11-23T09:00:00.000Z',
} as const;

/** The delivery of an alert to a webhook. */
export const webhookDeliverySchema = z
  .object({
    alert_id: z.string(),
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    team_id: z.string().nullable(),
    text: z.object({ en: z.string(), ko: z.string() }),
    state: z.enum(states),
    tries: z.int(),
    attempts: z
      .array(z.object({ at: timeSchema, delivered: z.boolean(), error: z.string().nullable() }))
      .meta({ description: 'The oldest first. Deliveries of older versions have none.' }),
    next_attempt_at: timeSchema.nullable().meta({ description: 'Null unless the delivery is pending' }),
    delivered_at: timeSchema.nullable(),
    created_at: timeSchema.meta({ description: 'Of the alert' }),
  })
  .meta({ id: 'WebhookDelivery', example: deliveryExample });
export type WebhookDelivery = z.output<typeof webhookDeliverySchema>;

/** A page of deliveries, newest first. */
export const webhookDeliveryPageSchema = z
  .object({ data: z.array(webhookDeliverySchema), next_cursor: nextCursorSchema })
  .meta({ id: 'WebhookDeliveryPage', example: { data: [deliveryExample], next_cursor: null } });
export type WebhookDeliveryPage = z.output<typeof webhookDeliveryPageSchema>;
