import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness', example: { status: 'ok' } });
export type Liveness = z.output<typeof livenessSchema>;

/**
 * `ok` with 200; anything else with 503. Calls of known keys work without the database, the ledger and Redis, so these do not
 * change the status. `redis` is there if Redis is configured, `log` while log lines
 * are dropped, `simulator` if the simulator responds for some or all models.
 */
export const readinessSchema = z
  .object({
    status: z
      .enum(['ok', 'starting', 'draining', 'failing'])
      .meta({ description: '`failing`: the data directory was deleted or moved, and all calls are refused' }),
    database: z.enum(['ok', 'away']).optional(),
    ledger: z
      .enum(['ok', 'lost', 'stuck', 'refused'])
      .optional()
      .meta({
        description:
          '`lost`: its data directory is gone. `stuck`: for ten seconds no row of the journal could be written. `refused`: the database refuses rows; ' +
          'GET /admin/ledger/verify names them',
      }),
    redis: z.enum(['ok', 'away']).optional(),
    log: z
      .literal('failing')
      .optional()
      .meta({ description: 'Log lines cannot be written and are dropped, for example because the disk is full' }),
    simulator: z.literal('on').optional(),
  })
  .meta({ id: 'Readiness', example: { status: 'ok', database: 'ok', ledger: 'ok', redis: 'ok' } });
export type ReadinessReport = z.output<typeof readinessSchema>;
