import { BullModule, InjectQueue } from '@nestjs/bull';
import { type DynamicModule, Injectable, Logger, Module } from '@nestjs/common';
import type { Job, Queue, QueueOptions } from 'bull';
import { Cluster, type RedisOptions } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayConfig } from '../../config/gateway-config';
import { readRedisUrl, type RedisServers } from '../../config/redis/redis-url';
import { type AnnouncedBatch, BatchQueue, type BatchWork, type TeamIdle } from './batch-queue';
import { patchReplyParser } from './strict-replies.bull';
import { TeamTurns } from './team-turns';

const QUEUE = 'thriftgate-batches';
const LINES_PER_JOB = 100;
const MAX_JOBS_PER_BATCH = 8;
const JOBS_AT_ONCE = 4;
/** How soon another process gets the hints of a dead one, in ms. The number of times has no practical limit. */
const SETTINGS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000_000 };
const RECONNECT_CAP_MS = 1_000;
const CLOSE_TIMEOUT_MS = 3_000;

/** Connections to a cluster: Bull closes only connections that it opened itself. */
const clusters = new Set<Cluster>();

/** A hint that a batch has open lines. A batch has several hints, so several processes work on it. */
type Hint = AnnouncedBatch;

/**
 * The queue of several processes, in Redis. Each process takes hints at once, and works on their batches in turns of their
 * teams: hints of one team are never in the way of others. While Redis is away no hints arrive and batches wait; once it is
 * back, the sweep of the tables announces them again.
 */
@Injectable()
export class BullBatchQueue extends BatchQueue {
  override readonly sweepEveryMs = 3_000;

  private readonly logger = new Logger(BullBatchQueue.name);
  private turns: TeamTurns | undefined;

  constructor(@InjectQueue(QUEUE) private readonly queue: Queue<Hint>) {
    super();
    queue.on('error', (error: Error) => this.logger.debug({ err: error }, 'the batch queue has an error'));
  }

  override announce(batch: AnnouncedBatch): void {
    const { id: batchId, lines } = batch;
    // An unconnected client would buffer a new hint with each sweep.
    if (this.queue.client.status !== 'ready') return;
    const jobs = Math.min(Math.ceil(lines / LINES_PER_JOB), MAX_JOBS_PER_BATCH);
    const hints = Array.from({ length: jobs }, (_, job) => ({ data: batch, opts: hintOptions(batchId, job) }));
    void this.queue
      .addBulk(hints)
      .catch((error: unknown) => this.logger.debug({ batchId, err: error }, 'a batch could not be announced'));
  }

  override start(work: BatchWork, onIdle?: TeamIdle): void {
    const turns = (this.turns = new TeamTurns(work, onIdle));
    // Resolves when the queue is closed; rejects when it is closed before its first connection to Redis.
    void this.queue.process(JOBS_AT_ONCE, async ({ data }: Job<Hint>) => turns.add(data)).catch(() => undefined);
  }

  override async stop(): Promise<void> {
    this.turns?.stop();
    await Promise.race([this.queue.close(true), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    for (const cluster of clusters) cluster.disconnect();
    clusters.clear();
  }
}

/** The hints of a batch have fixed ids: announcing a waiting hint again changes nothing. */
function hintOptions(batchId: string, job: number) {
  return { jobId: `${batchId}-${job}`, removeOnComplete: true, removeOnFail: true };
}

/** The queue in Redis with its connections. */
@Module({})
export class BullBatchQueueModule {
  static register(): DynamicModule {
    patchReplyParser();
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
    // The braces are a hash tag: a cluster stores all keys of the queue in one slot.
    prefix: '{bull}',
    createClient: () => {
      const cluster = new Cluster(nodes, { redisOptions, clusterRetryStrategy: retryStrategy });
      clusters.add(cluster);
      return cluster;
    },
  };
}
