export const SEOUL_MS: number;
export function callTimes(
  team: { calls: number; night?: boolean },
  span: { fromMs: number; toMs: number; scale: number },
  random: () => number,
): number[];
export function inSeoul(ms: number): { hour: number; weekday: number; day: number };
export function atWork(ms: number, random: () => number, fromHour?: number): number;
export function monthStart(ms: number): number;
