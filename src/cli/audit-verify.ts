import 'reflect-metadata';
import { verifyAuditQuerySchema } from '@thriftgate/contracts';
import { AnchorSigner } from '../audit/anchor-signer.service';
import { ChainVerification } from '../audit/chain-verification.service';
import { ChainRepository } from '../audit/chain.repository';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { runOnDatabase } from './with-database';

/** Why an anchor does not hold; undefined where it does. */
async function failureOf(verification: ChainVerification, anchor: string): Promise<string | undefined> {
  try {
    return (await verification.has(anchor)) ? undefined : 'The chain does not have this entry.';
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
    throw error;
  }
}

/**
 * `npm run audit:verify [-- <anchor> …]`: checks the chain of the audit, and that it has the entries of the anchors. While a gateway has
 * the embedded database open, use GET /admin/audit/verify.
 */
runOnDatabase(async ({ config, database, dataDirectory }) => {
  const anchors = process.argv.slice(2);
  const { shape } = verifyAuditQuerySchema;
  for (const anchor of anchors)
    if (!shape.anchor.safeParse(anchor).success)
      throw new Error(`${anchor}: must be <seq>:<hash> or <seq>:<hash>:<hmac>`);
  const verification = new ChainVerification(
    new ChainRepository(database),
    new AnchorSigner(config, dataDirectory),
    new Clock(),
  );
  const chain = await verification.verify(0);
  const { entries, earlier_events: earlier, first_at: first, last_at: last, head, broken } = chain;
  process.stdout.write(
    `${broken ? 'FAIL' : 'ok  '} ${entries} entries from ${first ?? '–'} to ${last ?? '–'}, and ${earlier} events from before the chain\n`,
  );
  if (broken) process.stdout.write(`       broken at entry ${broken.seq}: ${broken.problem}\n`);
  let isWhole = broken === null;
  for (const anchor of anchors) {
    const failure = await failureOf(verification, anchor);
    process.stdout.write(failure === undefined ? `ok   ${anchor}\n` : `FAIL ${anchor}\n       ${failure}\n`);
    isWhole &&= failure === undefined;
  }
  if (head) process.stdout.write(`     ${head.anchor}\n`);
  return isWhole;
});
