import { Injectable } from '@nestjs/common';
import type { Deployment } from '../models/model';
import { RecentPeak } from './lines/recent-peak';

/** The running calls of a deployment. */
interface Running {
  live: number;
  lines: number;
  /** The most live calls at once, of late. */
  peak: RecentPeak;
}

/**
 * Counts the running calls of each deployment, and keeps them within its `max_parallel`. Live calls go first: lines of batches
 * get what live calls have left free of late, without one slot, and a live call counts other live calls alone. So a burst of live
 * calls may pass the limit by the lines that run at its begin.
 */
@Injectable()
export class DeploymentSlots {
  private readonly counts = new Map<string, Running>();

  running({ id }: Pick<Deployment, 'id'>): number {
    const { live, lines } = this.counts.get(id) ?? { live: 0, lines: 0 };
    return live + lines;
  }

  /** @returns what to call once when the call has ended, or undefined when there is no room */
  take({ id, maxParallel = Infinity }: Deployment, isLine = false): (() => void) | undefined {
    const running = this.of(id);
    const kind = isLine ? 'lines' : 'live';
    if (isLine ? !hasRoomForLine(running, maxParallel) : running.live >= maxParallel) return undefined;
    running[kind] += 1;
    if (!isLine) running.peak.add(running.live, performance.now());
    let given = false;
    return () => {
      if (given) return;
      given = true;
      running[kind] -= 1;
    };
  }

  private of(id: string): Running {
    const known = this.counts.get(id);
    if (known) return known;
    const running = { live: 0, lines: 0, peak: new RecentPeak() };
    this.counts.set(id, running);
    return running;
  }
}

/** One line may always run where no live call does, so that lines end. */
function hasRoomForLine({ live, lines, peak }: Running, maxParallel: number): boolean {
  const leftFree = maxParallel - Math.max(live, peak.at(performance.now())) - 1;
  return live + lines < maxParallel && lines < Math.max(1, leftFree);
}
