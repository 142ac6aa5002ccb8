/** The team and the time that a report covers. */
export interface UsageFilter {
  team_id?: string | undefined;
  from: Date;
  to: Date;
}

const DEFAULT_DAYS = 30;
/** How far an instance's clock may be ahead for its calls to be in the report. */
const CLOCKS_APART_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/**
 * The span of a report. The default end is the end of today, the default start 30 days before the end. Both are whole
 * UTC days, so the report reads only roll-ups.
 */
export function spanOf(
  { from, to }: { from?: Date | undefined; to?: Date | undefined },
  nowMs: number,
): { from: Date; to: Date } {
  const end = to?.getTime() ?? Math.ceil((nowMs + CLOCKS_APART_MS) / DAY_MS) * DAY_MS;
  const last = Math.min(end, nowMs);
  const start = from?.getTime() ?? Math.floor(last / DAY_MS - DEFAULT_DAYS) * DAY_MS;
  return { from: new Date(Math.max(0, start)), to: new Date(end) };
}
