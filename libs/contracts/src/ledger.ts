import { z } from 'zod';

/** `GET /admin/ledger/verify`. */
export const ledgerVerificationSchema = z
  .object({
    ok: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string().meta({ description: 'The checked rule' }),
        violations: z.array(z.string()).meta({ description: 'Violations of the rule, at most 20' }),
      }),
    ),
  })
  .meta({
    id: 'LedgerVerification',
    example: { ok: true, checks: [{ name: 'debits and credits of all accounts are equal', violations: [] }] },
  });
export type LedgerVerification = z.output<typeof ledgerVerificationSchema>;
