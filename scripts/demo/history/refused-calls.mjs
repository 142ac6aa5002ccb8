import { product } from '../product.mjs';
import { numbers } from '../random.mjs';
import { inSeoul } from './calendar.mjs';

const { RefusedCallsRepository } = product('refused-calls/refused-calls.repository');

const HOUR_MS = 3_600_000;
const DAYS = 30;

/** Calls over the rate limit of a key that tries things out, on working days. */
export async function storeRefusedCalls(database, teams, nowMs) {
  const [team] = teams;
  const key = team.keys.find(({ rpm_limit: limit }) => limit === 60);
  const random = numbers(nowMs);
  const counts = [];
  const firstMs = nowMs - (nowMs % HOUR_MS) - DAYS * 24 * HOUR_MS;
  for (let ms = firstMs; ms < nowMs; ms += HOUR_MS) {
    const { hour, weekday } = inSeoul(ms);
    if (weekday === 0 || weekday === 6 || hour < 10 || hour > 18 || random() > 0.2) continue;
    const calls = 1 + Math.floor(9 * random());
    const place = { period: new Date(ms).toISOString(), teamId: team.id, keyId: key.id, model: 'gpt-4.1-mini' };
    counts.push({ ...place, errorCode: 'rate_limit_exceeded', status: 429, calls });
  }
  await new RefusedCallsRepository(database).add(counts);
}
