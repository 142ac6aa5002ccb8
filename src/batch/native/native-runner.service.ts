import { Injectable, Logger } from '@nestjs/common';
import type { BatchDraft, VendorBatch } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { ShardCalls, ShardLineError } from './shard-calls.service';
import { ShardCreations } from './shard-creations.service';
import { ShardEnds } from './shard-ends.service';
import { ShardOpening } from './shard-opening.service';
import { ShardResults } from './shard-results.service';
import { type LeasedShard, type Leftover, ShardsRepository } from './shards.repository';
import { VendorBatches } from './vendor-batches.service';
import { VendorBatchError, type VendorSite } from './vendor-site';

const MINUTE_MS = 60_000;
/** The longest pause between two looks at a batch, as a multiple of the shortest. */
const LONGEST_POLL = 10;
const POLL_GROWTH = 1.5;
/** Refusals, and failures in a row, after which the lines run as live calls. */
const MOST_TRIES = 12;
/** Before the end of the window: what a vendor needs to stop a batch, and to run the lines that are left. */
const STOP_MS = 10 * MINUTE_MS;
const RUN_LINE_MS = 500;
/** A vendor that does not stop a batch gets so long after the window's end. */
const GRACE_MS = 60 * MINUTE_MS;

const NO_REASON = 'it gave no reason.';

/** When a shard is looked at again; `ended`: never. */
type Next = { inMs: number } | 'ended';

/** Takes shards one step further: opens their attempts, sends them, asks for their state, reads their results, ends them. */
@Injectable()
export class NativeRunner {
  private readonly logger = new Logger(NativeRunner.name);

  constructor(
    private readonly config: GatewayConfig,
    private readonly shards: ShardsRepository,
    private readonly calls: ShardCalls,
    private readonly results: ShardResults,
    private readonly vendors: VendorBatches,
    private readonly creations: ShardCreations,
    private readonly opening: ShardOpening,
    private readonly ends: ShardEnds,
    private readonly clock: Clock,
  ) {}

  /** @throws ShardLostError where another instance works on the shard */
  async work(shard: LeasedShard): Promise<void> {
    const next = await this.step(shard).catch((error: unknown) => this.failed(shard, error));
    if (next !== 'ended') await this.shards.release(shard, new Date(this.clock.now() + next.inMs));
  }

  private async step(shard: LeasedShard): Promise<Next> {
    const stop = this.stopOf(shard);
    const site = this.vendors.siteOf(shard);
    if (!site) return this.withoutSite(shard, stop);
    const isUnsent = shard.state !== 'sent' && shard.creating_at === null;
    if (stop && isUnsent) return this.end(shard, stop, site);
    if (isUnsent && !(await this.calls.mayCall(shard))) return this.withoutKey(shard, site);
    switch (shard.state) {
      case 'planned':
        return this.open(shard, site);
      case 'sending':
        return this.send(shard, site, stop);
      default:
        return this.poll(shard, site, stop);
    }
  }

  /** The provider was removed. What its vendor may have is waited for: it may be configured again. */
  private withoutSite(shard: LeasedShard, stop: Leftover | undefined): Promise<Next> | Next {
    const isSent = shard.vendor_batch_id !== null || shard.creating_at !== null;
    if (isSent && !this.isPastGrace(shard)) return { inMs: LONGEST_POLL * this.config.batch.pollIntervalMs };
    return this.end(shard, stop ?? 'pending');
  }

  /** The key was revoked before anything was sent: as live calls the lines end with that error. */
  private withoutKey(shard: LeasedShard, site: VendorSite): Promise<'ended'> {
    return this.end(shard, 'pending', site);
  }

  /** Why the vendor is to stop, and what becomes of what it has not done. */
  private stopOf(shard: LeasedShard): Leftover | undefined {
    // A batch that has ended had no line left in the shard.
    if (shard.batchStatus !== 'in_progress') return 'cancelled';
    const nowMs = this.clock.now();
    if (shard.expiresAt.getTime() <= nowMs) return 'expired';
    return this.stopAt(shard) <= nowMs ? 'escalated' : undefined;
  }

  /** When the vendor is to stop, in milliseconds since 1970. Lines that then run as live calls need some time. */
  private stopAt({ expiresAt, escalate, batchCreatedAt, lines }: LeasedShard): number {
    const endMs = expiresAt.getTime();
    if (!escalate) return endMs;
    const neededMs = STOP_MS + (lines * RUN_LINE_MS) / this.config.batch.concurrency;
    return endMs - Math.min(neededMs, (endMs - batchCreatedAt.getTime()) / 2);
  }

  private async open(shard: LeasedShard, site: VendorSite): Promise<Next> {
    return (await this.opening.open(shard)) ? { inMs: 0 } : this.end(shard, 'pending', site);
  }

  private async send(shard: LeasedShard, site: VendorSite, stop: Leftover | undefined): Promise<Next> {
    if (shard.creating_at) {
      const found = await this.creations.find(shard, site, shard.creating_at);
      if (found === 'doubt') return this.doubtful(shard, site);
      if (found === 'missing') return this.missing(shard, site);
      if (found !== 'none') return this.sent(shard, found.batch, site);
      if (stop) return this.end(shard, stop, site);
      if (shard.tries >= MOST_TRIES) return this.end(shard, 'pending', site, shard.error ?? NO_REASON);
    }
    const draft = await this.calls.draftOf(shard);
    await this.shards.renew(shard);
    const inputFileId = shard.input_file_id ?? (await this.inputOf(shard, site, draft));
    // Reading and uploading the lines takes its time.
    if (!(await this.calls.mayCall(shard))) return this.withoutKey(shard, site);
    if (!(await this.creations.begin(shard, site))) return { inMs: this.creations.doubtMs / 4 };
    return this.sent(shard, await this.create(shard, site, draft, inputFileId), site);
  }

  private async create(
    shard: LeasedShard,
    site: VendorSite,
    draft: BatchDraft,
    inputFileId: string,
  ): Promise<VendorBatch> {
    try {
      return await this.vendors.create(site, draft, inputFileId);
    } catch (error) {
      await this.creations.failed(shard, error);
      throw error;
    }
  }

  private async inputOf(shard: LeasedShard, site: VendorSite, draft: BatchDraft): Promise<string> {
    const before = shard.tries > 0 ? await this.vendors.findUpload(site, shard.id) : undefined;
    const fileId = before ?? (await this.vendors.upload(site, draft));
    await this.shards.update(shard, { input_file_id: fileId });
    shard.input_file_id = fileId;
    return fileId;
  }

  private async sent(shard: LeasedShard, batch: VendorBatch, site: VendorSite): Promise<Next> {
    await this.shards.update(shard, {
      state: 'sent',
      vendor_batch_id: batch.id,
      vendor_status: batch.status,
      creating_by: null,
      missing_at: null,
      alone_at: null,
      tries: 0,
      error: null,
    });
    this.ends.watch(shard, batch);
    this.logger.log(
      { shardId: shard.id, provider: shard.provider, vendorBatchId: batch.id },
      'a batch was created at its vendor',
    );
    return { inMs: this.pollMs(site) };
  }

  /** Nothing is sent again yet: the batch may still come. */
  private missing(shard: LeasedShard, site: VendorSite): Promise<Next> | Next {
    return this.isPastGrace(shard) ? this.end(shard, 'expired', site) : { inMs: this.creations.doubtMs / 2 };
  }

  /** Nothing is sent again: several batches at the vendor could be this one. */
  private async doubtful(shard: LeasedShard, site: VendorSite): Promise<Next> {
    if (this.isPastGrace(shard)) return this.end(shard, 'expired', site);
    this.ends.doubt(shard);
    return { inMs: this.config.batch.pollIntervalMs };
  }

  private async poll(shard: LeasedShard, site: VendorSite, stop: Leftover | undefined): Promise<Next> {
    const id = shard.vendor_batch_id ?? '';
    if (stop && !shard.cancel_asked_at) {
      await this.vendors.cancel(site, id);
      await this.shards.update(shard, { cancel_asked_at: new Date(this.clock.now()), polls: 0 });
      shard.polls = 0;
    }
    const batch = await this.vendors.get(site, id);
    this.ends.watch(shard, batch);
    await this.shards.update(shard, {
      vendor_status: batch.status,
      polls: shard.polls + 1,
      tries: 0,
      error: batch.error ?? null,
    });
    if (batch.end === 'refused') return this.refused(shard, site, batch, stop);
    if (batch.outputs.length > 0 || batch.end) await this.results.collect(shard, site, batch);
    const why = batch.error ?? `its batch has the status '${batch.status}'.`;
    if (batch.end) return this.end(shard, stop ?? this.leftoverOf(shard, batch), site, why);
    if (this.isPastGrace(shard)) return this.end(shard, stop ?? 'expired', site);
    const inMs = this.pollMs(site) * Math.min(POLL_GROWTH ** shard.polls, LONGEST_POLL) * (0.9 + 0.2 * Math.random());
    return { inMs: Math.min(inMs, this.untilStop(shard)) };
  }

  private async refused(
    shard: LeasedShard,
    site: VendorSite,
    batch: VendorBatch,
    stop: Leftover | undefined,
  ): Promise<Next> {
    const { id: shardId, provider } = shard;
    const refusals = shard.refusals + 1;
    this.logger.warn({ shardId, provider, error: batch.error }, 'a vendor refused a batch');
    if (!batch.retryLater || stop || refusals >= MOST_TRIES)
      return this.end(shard, stop ?? 'pending', site, batch.error ?? NO_REASON);
    // The queue of the account is full: the same file is taken later.
    await this.shards.update(shard, {
      state: 'sending',
      vendor_batch_id: null,
      creating_at: null,
      polls: 0,
      refusals,
    });
    return { inMs: this.backoffMs(refusals) };
  }

  /** What becomes of lines that a vendor's batch ended without. */
  private leftoverOf({ expiresAt }: LeasedShard, { end }: VendorBatch): Leftover {
    const isTime = expiresAt.getTime() - this.clock.now() > MINUTE_MS;
    return end === 'expired' && !isTime ? 'expired' : 'pending';
  }

  /** @param notRun why the vendor has not run lines, see {@link ShardEnds.end} */
  private async end(shard: LeasedShard, how: Leftover, site?: VendorSite, notRun?: string): Promise<'ended'> {
    await this.ends.end(shard, how, notRun);
    if (site) await this.vendors.removeFile(site, shard.input_file_id ?? '');
    return 'ended';
  }

  private async failed(shard: LeasedShard, error: unknown): Promise<Next> {
    if (!(error instanceof VendorBatchError) && !(error instanceof ShardLineError)) throw error;
    const { id: shardId, provider, tries } = shard;
    this.logger.warn({ shardId, provider, err: error }, 'a batch at a vendor failed');
    await this.shards.update(shard, { tries: tries + 1, error: error.message.slice(0, 1_000) });
    const isPassing = error instanceof VendorBatchError && error.isPassing;
    // What the vendor has is not left alone.
    const isOver =
      (!isPassing || tries + 1 >= MOST_TRIES) && shard.vendor_batch_id === null && shard.creating_at === null;
    if (isOver) {
      const notRun = error instanceof VendorBatchError ? error.message : undefined;
      return this.end(shard, this.stopOf(shard) ?? 'pending', this.vendors.siteOf(shard), notRun);
    }
    if (this.isPastGrace(shard)) return this.end(shard, 'expired', this.vendors.siteOf(shard));
    return { inMs: this.backoffMs(tries + 1) };
  }

  private pollMs({ api }: VendorSite): number {
    return Math.min(api.pollMs ?? Infinity, this.config.batch.pollIntervalMs);
  }

  private backoffMs(tries: number): number {
    const { pollIntervalMs } = this.config.batch;
    return pollIntervalMs * Math.min(2 ** tries, LONGEST_POLL) * (0.5 + 0.5 * Math.random());
  }

  /** How long until the vendor is to stop. */
  private untilStop(shard: LeasedShard): number {
    const leftMs = this.stopAt(shard) - this.clock.now();
    return leftMs > 0 ? leftMs : Infinity;
  }

  private isPastGrace({ expiresAt }: LeasedShard): boolean {
    return this.clock.now() > expiresAt.getTime() + GRACE_MS;
  }
}
