import { Injectable } from '@nestjs/common';
import type { Deployment } from '../models/model';

/** Keeps a deployment's running calls within its `max_parallel`. */
@Injectable()
export class DeploymentSlots {
  private readonly running = new Map<string, number>();

  /** @returns what to call once when the call has ended, or undefined when there is no room */
  take(deployment: Deployment): (() => void) | undefined {
    if (deployment.maxParallel === undefined) return () => undefined;
    const running = this.running.get(deployment.id) ?? 0;
    if (running >= deployment.maxParallel) return undefined;
    this.running.set(deployment.id, running + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.running.set(deployment.id, (this.running.get(deployment.id) ?? 1) - 1);
    };
  }
}
