import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import { plainText } from '../../common/plain-text';
import { Database } from '../../database/database.connection';
import { bucketOf, packLatencies } from '../../ledger/sums/latency';
import { failureKind } from '../failure-kind';
import { DeploymentHealthRepository, type LastError, type MinuteCounts } from './deployment-health.repository';

/** What a killed process loses at most, and how old the counts of other replicas are. */
const WRITE_EVERY_MS = 5_000;
const MINUTE_MS = 60_000;
const DELETE_EVERY_MS = 3_600_000;
/** What no window shows any more is not kept while the database is away. */
const LONGEST_WINDOW_MS = 86_400_000;
const LONGEST_MESSAGE = 300;
const TOO_MANY_REQUESTS = 429;

/** A failed attempt as it is counted. */
export interface CountedFailure {
  error: ProviderError;
  /** The status of the upstream; null without a response. */
  status: number | null;
  requestId: string;
}

interface Counts extends Pick<MinuteCounts, 'minute' | 'deployment' | 'attempts' | 'failures' | 'rateLimited'> {
  latencies: Map<number, number>;
}

/** Counts how attempts end, by deployment and minute: in memory first, in the database every five seconds and at the end. */
@Injectable()
export class DeploymentCounts implements OnApplicationBootstrap {
  private readonly logger = new Logger(DeploymentCounts.name);
  private counts = new Map<string, Counts>();
  private errors = new Map<string, LastError>();
  private writing: Promise<void> = Promise.resolve();
  private deletedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly repository: DeploymentHealthRepository,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.flush(), WRITE_EVERY_MS);
    timer.unref();
    this.database.beforeClose(() => {
      clearInterval(timer);
      return this.flush();
    });
  }

  /** Counts an attempt that was answered. @param latencyMs to the answer, or the first content of a stream */
  answered(deployment: string, latencyMs: number): void {
    const counts = this.of(deployment);
    const bucket = bucketOf(latencyMs);
    counts.attempts += 1;
    counts.latencies.set(bucket, (counts.latencies.get(bucket) ?? 0) + 1);
  }

  /** Counts an attempt that failed, unless the caller's request was the reason. */
  failed(deployment: string, failure: CountedFailure): void {
    if (failureKind(failure.error, failure.status ?? undefined) === 'request') return;
    this.of(deployment).attempts += 1;
    this.brokeOff(deployment, failure);
  }

  /** Counts the failure of an attempt that was answered before. */
  brokeOff(deployment: string, { error, status, requestId }: CountedFailure): void {
    if (failureKind(error, status ?? undefined) === 'request') return;
    const counts = this.of(deployment);
    counts.failures += 1;
    if (error.status === TOO_MANY_REQUESTS) counts.rateLimited += 1;
    this.errors.set(deployment, {
      deployment,
      code: plainText(error.code ?? error.type ?? 'upstream_error', LONGEST_MESSAGE),
      status,
      message: plainText(error.message, LONGEST_MESSAGE),
      requestId,
      at: new Date(this.clock.now()).toISOString(),
    });
  }

  /** Writes what was counted, one time after the other. What the database does not take is written the next time. */
  flush(): Promise<void> {
    return (this.writing = this.writing.then(() =>
      this.write().catch((error: unknown) => this.logger.debug({ err: error }, 'attempts were not counted')),
    ));
  }

  private of(deployment: string): Counts {
    const minute = Math.floor(this.clock.now() / MINUTE_MS) * MINUTE_MS;
    const name = `${minute} ${deployment}`;
    const known = this.counts.get(name);
    if (known) return known;
    const at = new Date(minute).toISOString();
    const counts = { minute: at, deployment, attempts: 0, failures: 0, rateLimited: 0, latencies: new Map() };
    this.counts.set(name, counts);
    return counts;
  }

  private async write(): Promise<void> {
    const { counts, errors } = this;
    this.counts = new Map();
    this.errors = new Map();
    try {
      if (counts.size > 0) await this.repository.add([...counts.values()].map(toMinute));
      counts.clear();
      if (errors.size > 0) await this.repository.putErrors([...errors.values()]);
    } catch (error) {
      const oldest = new Date(this.clock.now() - LONGEST_WINDOW_MS).toISOString();
      for (const [name, unwritten] of counts)
        if (unwritten.minute >= oldest) this.counts.set(name, merged(unwritten, this.counts.get(name)));
      for (const [name, last] of errors) if (!this.errors.has(name)) this.errors.set(name, last);
      throw error;
    }
    const nowMs = this.clock.now();
    if (nowMs - this.deletedAtMs < DELETE_EVERY_MS) return;
    this.deletedAtMs = nowMs;
    await this.repository.deleteOutdated();
  }
}

function toMinute({ latencies, ...counts }: Counts): MinuteCounts {
  return { ...counts, latency: packLatencies(latencies) };
}

function merged(left: Counts, right: Counts | undefined): Counts {
  if (!right) return left;
  const latencies = new Map(left.latencies);
  for (const [bucket, count] of right.latencies) latencies.set(bucket, (latencies.get(bucket) ?? 0) + count);
  return {
    ...left,
    attempts: left.attempts + right.attempts,
    failures: left.failures + right.failures,
    rateLimited: left.rateLimited + right.rateLimited,
    latencies,
  };
}
