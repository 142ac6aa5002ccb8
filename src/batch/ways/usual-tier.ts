/** Tiers that are no wish for a faster or cheaper one. */
const USUAL_TIERS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'auto',
  'default',
  'standard_only',
  'standard',
]);

/** Whether a line leaves its tier to the gateway. */
export function isUsualTier(tier: string | undefined): boolean {
  return USUAL_TIERS.has(tier);
}
