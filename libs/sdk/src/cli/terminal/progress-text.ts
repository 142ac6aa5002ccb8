import type { Messages } from '../text/messages-en';
import type { Amounts } from './amounts';

const BAR_CELLS = 20;

/** How far a batch is. */
export interface BatchProgress {
  total: number;
  completed: number;
  failed: number;
}

/** A bar, the counts, and what is left. @param leftSeconds undefined if nothing says it */
export function progressText(
  { total, completed, failed }: BatchProgress,
  leftSeconds: number | undefined,
  messages: Messages,
  amounts: Amounts,
): string {
  const done = completed + failed;
  const cells = total === 0 ? 0 : Math.floor((done / total) * BAR_CELLS);
  const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
  const counts = `${amounts.count(done)}/${amounts.count(total)}`;
  return [
    `[${'█'.repeat(cells)}${'░'.repeat(BAR_CELLS - cells)}] ${percent}%  ${counts}`,
    failed > 0 ? messages.progress.failed(amounts.count(failed)) : undefined,
    leftSeconds === undefined ? undefined : messages.progress.left(amounts.duration(leftSeconds)),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Estimates when a batch ends, from the lines that ended while it was watched, else from its quote. */
export class EndEstimate {
  private first: { done: number; atMs: number } | undefined;

  /** @param expectedEnd Unix seconds, from the quote */
  constructor(
    private readonly expectedEnd: number | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** The seconds that are left; undefined if nothing says it. */
  left({ total, completed, failed }: BatchProgress): number | undefined {
    const [done, atMs] = [completed + failed, this.now()];
    this.first ??= { done, atMs };
    const [ended, seconds] = [done - this.first.done, (atMs - this.first.atMs) / 1000];
    if (ended > 0 && done < total) return ((total - done) * seconds) / ended;
    const expected = (this.expectedEnd ?? 0) - atMs / 1000;
    return expected > 0 ? expected : undefined;
  }
}
