import type { BatchApi, BatchDraft, VendorBatch } from '@thriftgate/providers';
import { FakeClock } from '../../../calls/testing/fake-clock';
import type { GatewayConfig } from '../../../config/gateway-config';
import type { Journal } from '../../../ledger/journal/journal.service';
import type { OwnersRepository } from '../../../ledger/owners/owners.repository';
import { NativeRunner } from '../native-runner.service';
import { ShardCreations } from '../shard-creations.service';
import type { ShardCalls } from '../shard-calls.service';
import type { ShardEnds } from '../shard-ends.service';
import type { ShardOpening } from '../shard-opening.service';
import type { ShardResults } from '../shard-results.service';
import type { LeasedShard, ShardsRepository } from '../shards.repository';
import type { Found, VendorBatches } from '../vendor-batches.service';
import { VendorBatchError, type VendorSite } from '../vendor-site';

const OWN_INSTANCE = 'instance_1';
export const POLL_MS = 30_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const START_MS = Date.UTC(2026, 10, 28);

export const aBatch = (members: Partial<VendorBatch> = {}): VendorBatch => ({
  id: 'b_1',
  status: 'in_progress',
  isKnownStatus: true,
  end: undefined,
  counts: undefined,
  lineCount: 2,
  inputFileId: 'f_1',
  name: 'shard_1',
  createdAtMs: START_MS,
  outputs: [],
  error: undefined,
  retryLater: false,
  ...members,
});
export const passing = (mayBeDone = false) => new VendorBatchError('busy', mayBeDone ? 503 : 429, mayBeDone);
export const refusal = () => new VendorBatchError('openai answered 400: no', 400, false);

/** A vendor that does what a test says, and notes what it was asked for. */
class FakeVendor {
  asked: string[] = [];
  hasSite = true;
  foundBy: BatchApi['foundBy'] = 'name';
  batch = aBatch();
  found: Found = 'none';
  upload: () => string = () => 'f_1';
  uploaded: string | undefined;
  create: () => VendorBatch = () => this.batch;
  get: () => VendorBatch = () => this.batch;

  readonly batches: Pick<VendorBatches, keyof VendorBatches> = {
    siteOf: () => (this.hasSite ? this.site() : undefined),
    findUpload: async () => this.ask('findUpload', this.uploaded),
    upload: async () => this.ask('upload', this.upload()),
    create: async (_site: unknown, _draft: unknown, fileId: string) => {
      this.asked.push(`create ${fileId}`);
      return this.create();
    },
    find: async () => this.ask('find', this.found),
    get: async (_site: unknown, id: string) => {
      this.asked.push(`get ${id}`);
      return this.get();
    },
    cancel: async (_site: unknown, id: string) => this.ask(`cancel ${id}`, undefined),
    removeFile: async (_site: unknown, id: string) => this.ask(`remove ${id}`, undefined),
  };

  private site(): VendorSite {
    const api: Partial<BatchApi> = { foundBy: this.foundBy };
    return { api } as Pick<VendorSite, 'api'> as VendorSite;
  }

  private ask<T>(what: string, answer: T): T {
    this.asked.push(what);
    return answer;
  }
}

/** A runner with a shard of two lines, before a vendor and a clock that a test sets. */
export class NativeBench {
  readonly clock = new FakeClock(START_MS);
  readonly vendor = new FakeVendor();
  shard = aShard();
  nextInMs: number | undefined;
  ended: [how: string, why: string | undefined] | undefined;
  collected = 0;
  readonly watched: string[] = [];
  doubts = 0;
  hasRoom = true;
  isAlone = true;
  hasKey = true;
  /** The keys cannot be read. */
  isKeyUnknown = false;
  /** Instances that are registered. */
  readonly living = new Set([OWN_INSTANCE]);
  draft = () => ({}) as BatchDraft;
  /** What is written is what the next lease reads; the lease that is held does not change. */
  private readonly row: Partial<LeasedShard> = {};
  private readonly config = { batch: { pollIntervalMs: POLL_MS, concurrency: 16 } } as GatewayConfig;
  private readonly runner = new NativeRunner(
    this.config,
    this.shards as ShardsRepository,
    { draftOf: async () => this.draft(), mayCall: async () => this.mayCall() } as Pick<
      ShardCalls,
      'draftOf' | 'mayCall'
    > as ShardCalls,
    { collect: async () => (this.collected += 1) } as Pick<ShardResults, 'collect'> as ShardResults,
    this.vendor.batches as VendorBatches,
    new ShardCreations(
      this.config,
      this.shards as ShardsRepository,
      this.vendor.batches as VendorBatches,
      { isRegistered: async (id: string) => this.living.has(id) } as Partial<OwnersRepository> as OwnersRepository,
      { instanceId: OWN_INSTANCE } as Pick<Journal, 'instanceId'> as Journal,
      this.clock,
    ),
    { open: async () => this.open() } as Pick<ShardOpening, 'open'> as ShardOpening,
    this.ends as ShardEnds,
    this.clock,
  );

  /** One step, with the clock at the time that the last one named. */
  async step(): Promise<void> {
    this.clock.nowMs += this.nextInMs ?? 0;
    this.nextInMs = undefined;
    await this.runner.work(this.shard);
  }

  /** Two steps, after which the vendor has the batch. */
  async sent(): Promise<void> {
    await this.step();
    await this.step();
    expect(this.shard).toMatchObject({ state: 'sent', vendor_batch_id: 'b_1' });
    this.vendor.asked.length = 0;
  }

  private mayCall(): boolean {
    if (this.isKeyUnknown) throw new Error('the database is away');
    return this.hasKey;
  }

  private open(): boolean {
    if (this.hasRoom) this.row.state = 'sending';
    return this.hasRoom;
  }

  private get shards(): Pick<ShardsRepository, 'update' | 'renew' | 'beginCreation' | 'release'> {
    return {
      update: async (_lease: unknown, values: Partial<LeasedShard>) => void Object.assign(this.row, values),
      renew: async () => undefined,
      beginCreation: async (_lease: unknown, by: string, aloneAt: string | null) => {
        const creation = { creating_at: new Date(this.clock.now()), creating_by: by, missing_at: null };
        if (this.isAlone) Object.assign(this.row, { ...creation, alone_at: aloneAt });
        return this.isAlone;
      },
      release: async (lease: LeasedShard, at: Date) => {
        this.nextInMs = at.getTime() - this.clock.now();
        this.shard = { ...lease, ...this.row };
      },
    };
  }

  private get ends(): Pick<ShardEnds, 'end' | 'watch' | 'doubt'> {
    return {
      end: async (_shard: unknown, how: string, why?: string) => void (this.ended = [how, why]),
      watch: (_shard: unknown, { isKnownStatus, status }: VendorBatch) => {
        if (!isKnownStatus) this.watched.push(status);
      },
      doubt: () => void (this.doubts += 1),
    };
  }
}

function aShard(): LeasedShard {
  return {
    id: 'shard_1',
    batch_id: 'batch_1',
    provider: 'openai',
    provider_key: null,
    model: 'gpt-4.1',
    state: 'planned',
    lines: 2,
    input_file_id: null,
    creating_at: null,
    creating_by: null,
    missing_at: null,
    alone_at: null,
    vendor_batch_id: null,
    vendor_status: null,
    cancel_asked_at: null,
    tries: 0,
    refusals: 0,
    polls: 0,
    error: null,
    batchStatus: 'in_progress',
    batchCreatedAt: new Date(START_MS),
    expiresAt: new Date(START_MS + 24 * HOUR_MS),
    escalate: false,
  } as Partial<LeasedShard> as LeasedShard;
}
