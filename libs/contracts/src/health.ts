import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness', example: { status: 'ok' } });
export type Liveness = z.output<typeof livenessSchema>;

/**
 * `ok` with 200; anything else with 503. Calls of known keys work without the database and Redis, so these decide nothing.
 * `redis` is there where Redis is configured, `simulator` where the simulator answers for some or all models.
 */
export const readinessSchema = z
  .object({
    status: z.enum(['ok', 'starting', 'draining']),
    database: z.enum(['ok', 'away']).optional(),
    redis: z.enum(['ok', 'away']).optional(),
    simulator: z.literal('on').optional(),
  })
  .meta({ id: 'Readiness', example: { status: 'ok', database: 'ok', redis: 'ok' } });
export type ReadinessReport = z.output<typeof readinessSchema>;
