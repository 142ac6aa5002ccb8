import { atWork } from './history/calendar.mjs';

const DAY_MS = 24 * 3_600_000;
const OUTAGE_MINUTES = 68;

/** The model whose vendor changes its version without notice, and the model whose answers an administrator invalidates. */
export const DRIFT = { model: 'gpt-4.1-mini', upstream: 'gpt-4.1-mini-2026-11-17' };
export const INVALIDATED = 'gpt-4.1';
/** The provider that fails for an hour. */
export const FAILING = 'hanbit';

/** When the events of the past were, in milliseconds since 1970. */
export function momentsOf(nowMs) {
  const outageMs = atWork(nowMs - 3 * DAY_MS, () => 0.6);
  return {
    driftMs: atWork(nowMs - 5 * DAY_MS, () => 0.1),
    invalidatedMs: atWork(nowMs - 12 * DAY_MS, () => 0.75),
    outageMs,
    outageEndMs: outageMs + OUTAGE_MINUTES * 60_000,
  };
}
