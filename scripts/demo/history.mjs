import { sql } from 'kysely';
import { product } from './product.mjs';
import { storeAlerts } from './history/alerts.mjs';
import { ids, intentOf } from './history/attempts.mjs';
import { writeLedger } from './history/ledger.mjs';
import { moveToPast } from './history/past.mjs';
import { storeBatches } from './history/store-batches.mjs';
import { storeRefusedCalls } from './history/refused-calls.mjs';

const DAY_MS = 24 * 3_600_000;

/**
 * Writes the past into the data directory of a gateway that does not run.
 *
 * @param {string} directory the DATA_DIR
 * @param {object} story what `setUp` made, with `attempts`, `batches`, `budgets`, `nowMs` and `seed`
 * @param {(share: number) => void} say gets the share of the ledger that is written, 0 to 1
 */
export async function writeHistory(directory, story, say) {
  const { DataDirectory } = product('config/data-directory');
  const { Database } = product('database/database.connection');
  const dataDirectory = DataDirectory.open(directory);
  const database = await Database.open({}, dataDirectory);
  try {
    const { batches, teams, past, nowMs, seed } = story;
    await moveToPast(database, past, nowMs);
    const owner = `instance_${ids(seed + 5)(nowMs - 40 * DAY_MS)}`;
    await writeLedger(database, { ...story, attempts: [...longAgo(story), ...story.attempts], owner }, say);
    await storeBatches(database, batches);
    await storeRefusedCalls(database, teams, nowMs);
    await storeAlerts(database, story);
    await sql`ANALYZE`.execute(database.db);
  } finally {
    await database.onApplicationShutdown();
    dataDirectory.close();
  }
}

/** The last call of each key that is not used any more. */
function longAgo({ teams, attempts, nowMs, seed }) {
  const newId = ids(seed + 4);
  return teams.flatMap((team) =>
    team.keys
      .filter(({ unusedFor }) => unusedFor)
      .map((key) => {
        const sample = attempts.find(
          ({ intent, outcome }) => intent.team_id === team.id && outcome.state === 'settled',
        );
        const createdAtMs = nowMs - key.unusedFor * DAY_MS;
        const { model, provider, upstream_model: upstream, endpoint, question } = sample.intent;
        const asked = {
          requestId: newId(createdAtMs),
          team,
          key,
          model,
          endpoint,
          stream: false,
          question,
          tags: null,
          generation: 1,
        };
        return {
          intent: intentOf(asked, { provider, upstream_model: upstream }),
          outcome: sample.outcome,
          createdAtMs,
        };
      }),
  );
}
