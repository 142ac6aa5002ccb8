import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness', example: { status: 'ok' } });
export type Liveness = z.output<typeof livenessSchema>;

/**
 * `ok` with 200; any other status with 503. Calls with known keys work without the database and Redis, so these do not change
 * the status. `redis` is set if Redis is configured, `simulator` if the simulator serves some or all models.
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
