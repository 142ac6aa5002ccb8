import type { NewAlert } from '../alerts/alert';
import type { Priced } from './price';

const DAY_MS = 24 * 3_600_000;
/** How long before the vendor retires a model its calls raise alerts, in days. */
const WARNED_DAYS = 30;

/**
 * The alert that a called model ends soon, or has ended: one a day.
 *
 * @param retiresOn the day, as `2027-01-14`
 * @returns undefined where the day is further away
 */
export function retirementAlert(
  { publicName, provider, upstreamModel }: Priced,
  retiresOn: string,
  nowMs: number,
): NewAlert<'model_retiring'> | undefined {
  const today = Math.floor(nowMs / DAY_MS);
  const days = Math.floor(Date.parse(retiresOn) / DAY_MS) - today;
  if (Number.isNaN(days) || days > WARNED_DAYS) return undefined;
  const deployment = `${provider}/${upstreamModel}`;
  return {
    kind: 'model_retiring',
    severity: 'warning',
    dedupeKey: `model_retiring:${deployment}:${publicName}:${new Date(nowMs).toISOString().slice(0, 10)}`,
    teamId: null,
    data: { model: publicName, deployment, retires_on: retiresOn, days },
  };
}
