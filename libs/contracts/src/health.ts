import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness', example: { status: 'ok' } });
export type Liveness = z.output<typeof livenessSchema>;

/**
 * `ok` with 200; anything else with 503. A database or a Redis that is away harms no call of a known key, so it is said and
 * decides nothing. `redis` is there where Redis is configured.
 */
export const readinessSchema = z
  .object({
    status: z.enum(['ok', 'starting', 'draining']),
    database: z.enum(['ok', 'away']).optional(),
    redis: z.enum(['ok', 'away']).optional(),
  })
  .meta({ id: 'Readiness', example: { status: 'ok', database: 'ok', redis: 'ok' } });
export type ReadinessReport = z.output<typeof readinessSchema>;
