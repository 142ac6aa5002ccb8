import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('ok') }).meta({ example: { status: 'ok' } });
export type Liveness = z.output<typeof livenessSchema>;

/**
 * `ok` with 200; anything else with 503. A database, a ledger or a Redis in trouble harms no call of a known key, so it is said
 * and decides nothing. `redis` is there where Redis is configured.
 */
export const readinessSchema = z
  .object({
    status: z.enum(['ok', 'starting', 'draining']),
    database: z.enum(['ok', 'away']).optional(),
    ledger: z.enum(['ok', 'stuck', 'refused']).optional().meta({
      description:
        '`stuck`: for ten seconds no row of the journal could be written. `refused`: the database refuses rows; GET /admin/ledger/verify names them',
    }),
    redis: z.enum(['ok', 'away']).optional(),
  })
  .meta({ example: { status: 'ok', database: 'ok', ledger: 'ok', redis: 'ok' } });
export type ReadinessReport = z.output<typeof readinessSchema>;
