/** The reasons of opportunities that the console has texts for; the gateway's own text stands for others. */
const REASONS = [
  'bypass',
  'refresh',
  'tool_calls',
  'not_stopped',
  'refused',
  'usage_missing',
  'other_model',
  'cut',
  'invalidated',
  'new_version',
  'expired',
  'not_there',
  'not_batched',
  'not_flex',
  'short_window',
] as const;
export type AdviceReason = (typeof REASONS)[number];

export const adviceReason = (reason: string): AdviceReason | undefined => REASONS.find((known) => known === reason);
