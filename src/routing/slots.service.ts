import { Injectable } from '@nestjs/common';
import type { Deployment } from '../models/model';

/** Counts the running calls of each deployment, and keeps them within its `max_parallel`. */
@Injectable()
export class DeploymentSlots {
  private readonly counts = new Map<string, number>();

  running({ id }: Pick<Deployment, 'id'>): number {
    return this.counts.get(id) ?? 0;
  }

  /** @returns what to call once when the call has ended, or undefined when there is no room */
  take(deployment: Deployment): (() => void) | undefined {
    const { id, maxParallel = Infinity } = deployment;
    const running = this.running(deployment);
    if (running >= maxParallel) return undefined;
    this.counts.set(id, running + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.counts.set(id, this.running(deployment) - 1);
    };
  }
}
