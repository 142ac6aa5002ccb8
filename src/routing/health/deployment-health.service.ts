import { Injectable } from '@nestjs/common';
import type { UpstreamHealth } from '@thriftgate/contracts';
import { Clock } from '../../common/clock';
import { DeploymentCounts } from './deployment-counts.service';
import { type DeploymentError, DeploymentHealthRepository, type HourSums } from './deployment-health.repository';
import { healthOf } from './health-windows';

/** The attempts, failures and latencies of deployments in the last 24 hours. */
export class HealthReport {
  constructor(
    private readonly now: Date,
    private readonly hours: readonly HourSums[],
    private readonly errors: readonly DeploymentError[],
  ) {}

  /** @param matches whether a deployment counts, by its id */
  of(matches: (deployment: string) => boolean): UpstreamHealth {
    const hours = this.hours.filter(({ deployment }) => matches(deployment));
    return healthOf(
      hours,
      this.errors.filter(({ deployment }) => matches(deployment)),
      this.now,
    );
  }
}

/** Reads the attempts, failures and latencies of deployments, with what this process has counted up to now. */
@Injectable()
export class DeploymentHealth {
  constructor(
    private readonly counts: DeploymentCounts,
    private readonly repository: DeploymentHealthRepository,
    private readonly clock: Clock,
  ) {}

  /** Two queries, for any number of deployments. */
  async read(): Promise<HealthReport> {
    await this.counts.flush();
    const now = new Date(this.clock.now());
    const [hours, errors] = await Promise.all([this.repository.hours(now), this.repository.errors(now)]);
    return new HealthReport(now, hours, errors);
  }
}
