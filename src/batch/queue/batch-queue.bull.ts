import { BullModule, InjectQueue } from '@nestjs/bull';
import { type DynamicModule, Injectable, Logger, Module } from '@nestjs/common';
import type { Job, Queue, QueueOptions } from 'bull';
import { Cluster, type RedisOptions } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayConfig } from '../../config/gateway-config';
import { readRedisUrl, type RedisServers } from '../../config/redis/redis-url';
import { BatchQueue, type BatchWork } from './batch-queue';
import { survivesGarbage } from './strict-replies.bull';

const QUEUE = 'thriftgate-batches';
const LINES_PER_JOB = 100;
const MOST_JOBS_PER_BATCH = 8;
const JOBS_AT_ONCE = 4;
/** How soon the hints that a dead process held are given to another one. They may be given as often as it takes. */
const SETTINGS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 };
const RECONNECT_CAP_MS = 1_000;
const CLOSE_TIMEOUT_MS = 3_000;

/** Connections to a cluster: Bull closes only those that it makes itself. */
const clusters = new Set<Cluster>();

/** A hint that a batch has work. The same batch has several, so that several processes work on it. */
interface Hint {
  batchId: string;
}

/**
 * The queue of several processes, in Redis. While Redis is away nothing is heard and batches wait; the sweep of the
 * tables tells of them again once it is back.
 */
@Injectable()
export class BullBatchQueue extends BatchQueue {
  override readonly sweepEveryMs = 3_000;

  private readonly logger = new Logger(BullBatchQueue.name);
  private work: BatchWork | undefined;

  constructor(@InjectQueue(QUEUE) private readonly queue: Queue<Hint>) {
    super();
    queue.on('error', (error: Error) => this.logger.debug({ err: error }, 'the batch queue is disturbed'));
  }

  override announce(batchId: string, lines: number): void {
    // A client that is not connected would keep each hint until it is, and there is a new one with each sweep.
    if (this.queue.client.status !== 'ready') return;
    const jobs = Math.min(Math.ceil(lines / LINES_PER_JOB), MOST_JOBS_PER_BATCH);
    const hints = Array.from({ length: jobs }, (_, job) => ({ data: { batchId }, opts: hintOptions(batchId, job) }));
    void this.queue
      .addBulk(hints)
      .catch((error: unknown) => this.logger.debug({ batchId, err: error }, 'a batch could not be announced'));
  }

  override start(work: BatchWork): void {
    this.work = work;
    // Resolves when the queue is closed; rejects when that happens before Redis was ever there.
    void this.queue.process(JOBS_AT_ONCE, (job) => this.process(job)).catch(() => undefined);
  }

  override async stop(): Promise<void> {
    this.work = undefined;
    await Promise.race([this.queue.close(true), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    for (const cluster of clusters) cluster.disconnect();
    clusters.clear();
  }

  private async process({ data: { batchId } }: Job<Hint>): Promise<void> {
    while (this.work && (await this.work(batchId)));
  }
}

/** A batch's hints have fixed ids: telling twice of one that is waiting changes nothing. */
function hintOptions(batchId: string, job: number) {
  return { jobId: `${batchId}-${job}`, removeOnComplete: true, removeOnFail: true };
}

/** The queue in Redis with its connections. */
@Module({})
export class BullBatchQueueModule {
  static register(): DynamicModule {
    survivesGarbage();
    return {
      module: BullBatchQueueModule,
      imports: [
        BullModule.registerQueueAsync({
          name: QUEUE,
          useFactory: ({ queueRedisUrl }: GatewayConfig): QueueOptions =>
            queueOptions(readRedisUrl(queueRedisUrl ?? '')),
          inject: [GatewayConfig],
        }),
      ],
      providers: [{ provide: BatchQueue, useClass: BullBatchQueue }],
      exports: [BatchQueue],
    };
  }
}

function queueOptions(servers: RedisServers): QueueOptions {
  const { username, password, tls, database, nodes } = servers;
  const retryStrategy = (times: number) => Math.min(50 * 2 ** times, RECONNECT_CAP_MS);
  const redis: RedisOptions = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
  };
  if (!servers.isCluster) return { settings: SETTINGS, redis: { ...redis, ...nodes[0], db: database, retryStrategy } };
  const redisOptions = { ...redis, maxRetriesPerRequest: null, enableReadyCheck: false };
  return {
    settings: SETTINGS,
    // In braces, so that the cluster keeps all keys of the queue in one place.
    prefix: '{bull}',
    createClient: () => {
      const cluster = new Cluster(nodes, { redisOptions, clusterRetryStrategy: retryStrategy });
      clusters.add(cluster);
      return cluster;
    },
  };
}
