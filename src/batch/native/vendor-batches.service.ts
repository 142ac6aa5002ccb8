import { Injectable, Logger } from '@nestjs/common';
import type { BatchDraft, VendorBatch } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import { plainText } from '../../common/plain-text';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { type LeasedShard, ShardsRepository } from './shards.repository';
import { isMadeOf } from './vendor-lines';
import { LONGEST_REQUEST_MS, VendorBatchError, VendorSite } from './vendor-site';

/** Vendors' clocks differ from ours by less. */
const CLOCK_SKEW_MS = 120_000;
/** A vendor makes a batch within this time after we began to ask for it, or never: it may end a request ten minutes after us. */
export const LATEST_CREATION_MS = LONGEST_REQUEST_MS + 600_000;
/** Two creations so far apart have no candidate in common, by whichever clock. */
export const APART_MS = LATEST_CREATION_MS + 2 * CLOCK_SKEW_MS;
const MOST_PAGES = 20;
/** What OpenAI and others answer to the cancellation of a batch that has ended. */
const CONFLICT = 409;

/** What is found of a batch whose creation broke off. `doubt`: several could be it, or one that is not in sight of a list too long. */
export type Found = { batch: VendorBatch } | 'none' | 'doubt';

/** Batches at vendors: makes them, finds them again, and ends them. */
@Injectable()
export class VendorBatches {
  private readonly logger = new Logger(VendorBatches.name);

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly shards: ShardsRepository,
    private readonly clock: Clock,
  ) {}

  /** Undefined where the provider or its key was removed, or where it sells no batches any more. */
  siteOf({ provider: name, provider_key: key }: LeasedShard): VendorSite | undefined {
    const provider = key === null ? this.providers.find(name) : this.providers.withKey(name, key);
    return provider?.api.batches && new VendorSite(provider, provider.api.batches);
  }

  /**
   * Uploads the lines, where the vendor takes them as a file.
   *
   * @returns the id of the file; empty where the lines go with the creation
   * @throws VendorBatchError
   */
  async upload(site: VendorSite, draft: BatchDraft): Promise<string> {
    const { baseUrl } = site;
    const { upload } = site.api;
    if (!upload) return '';
    let reply = await site.send(upload.request(draft, baseUrl));
    if (upload.content) reply = await site.send(upload.content(draft, reply.headers, baseUrl));
    const fileId = upload.read(reply.body);
    if (fileId === undefined) throw new VendorBatchError('The vendor named no file.', 0, true);
    return fileId;
  }

  /** The file of an upload that broke off; others of its name are deleted. Undefined where there is none. @throws VendorBatchError */
  async findUpload(site: VendorSite, name: string): Promise<string | undefined> {
    const { upload } = site.api;
    if (!upload?.list || !upload.find) return undefined;
    const [first, ...others] = upload.find((await site.send(upload.list(site.baseUrl))).body, name);
    for (const fileId of others) await this.removeFile(site, fileId);
    return first;
  }

  /** @throws VendorBatchError */
  async create(site: VendorSite, draft: BatchDraft, inputFileId: string): Promise<VendorBatch> {
    const { body } = await site.send(site.api.create(draft, inputFileId, site.baseUrl));
    return this.read(site, body);
  }

  /** Looks for the batch of a shard whose creation broke off. @throws VendorBatchError */
  async find(site: VendorSite, shard: LeasedShard): Promise<Found> {
    const { foundBy } = site.api;
    const startedMs = shard.creating_at?.getTime() ?? 0;
    const since = startedMs - CLOCK_SKEW_MS;
    const until = foundBy === 'count' ? startedMs + LATEST_CREATION_MS + CLOCK_SKEW_MS : Infinity;
    const candidates: VendorBatch[] = [];
    let after: string | undefined;
    let isWhole = false;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { body } = await site.send(site.api.list(site.baseUrl, after));
      const list = site.api.readList(body, this.clock.now(), after);
      if (!list) throw new VendorBatchError('The vendor sent no list of its batches.', 0, false);
      candidates.push(...list.batches.filter((batch) => isOf(batch, shard, foundBy)));
      after = list.after;
      isWhole = after === undefined || list.batches.some(({ createdAtMs = Infinity }) => createdAtMs < since);
      if (isWhole) break;
    }
    const recent = candidates.filter(({ createdAtMs = since }) => createdAtMs >= since && createdAtMs <= until);
    const known = await this.shards.known(recent.map(({ id }) => id));
    const unknown = recent.filter(({ id }) => !known.has(id));
    const [first, ...others] = unknown;
    const isSure = foundBy !== 'count' || (isWhole && others.length === 0);
    const found = isSure ? first && { batch: first } : await this.ownOf(unknown, shard, site);
    return found ?? (isWhole ? 'none' : 'doubt');
  }

  /** Of several that could be a shard's batch: which one it is, as their results say; undefined where none of them is. */
  private async ownOf(
    candidates: readonly VendorBatch[],
    shard: LeasedShard,
    site: VendorSite,
  ): Promise<Found | undefined> {
    let found: Found | undefined;
    for (const batch of candidates) {
      const isOwn = await isMadeOf(shard, site, batch);
      if (isOwn) return { batch };
      if (isOwn === undefined) found = 'doubt';
    }
    return found;
  }

  /** @throws VendorBatchError */
  async get(site: VendorSite, id: string): Promise<VendorBatch> {
    return this.read(site, (await site.send(site.api.get(id, site.baseUrl))).body);
  }

  /** Asks the vendor to stop a batch. That it has ended already, a 409 at some, is no failure. @throws VendorBatchError */
  async cancel(site: VendorSite, id: string): Promise<void> {
    try {
      await site.send(site.api.cancel(id, site.baseUrl));
    } catch (error) {
      const isOver = error instanceof VendorBatchError && (error.status === CONFLICT || !error.isPassing);
      if (!isOver) throw error;
      this.logger.debug({ vendorBatchId: id, err: error }, 'a batch of a vendor could not be cancelled');
    }
  }

  /** Deletes the file that a batch was made of. What cannot be deleted expires at the vendor. */
  async removeFile(site: VendorSite, fileId: string): Promise<void> {
    const { upload } = site.api;
    if (!upload || fileId === '') return;
    await site.send(upload.remove(fileId, site.baseUrl)).catch((error: unknown) => {
      this.logger.debug({ fileId, err: error }, 'a file could not be deleted at its vendor');
    });
  }

  private read({ api }: VendorSite, body: Buffer): VendorBatch {
    const batch = api.read(body, this.clock.now());
    if (!batch) throw new VendorBatchError('The vendor described no batch.', 0, true);
    const { status, error } = batch;
    return { ...batch, status: plainText(status), error: error === undefined ? undefined : plainText(error) };
  }
}

function isOf(batch: VendorBatch, shard: LeasedShard, foundBy: VendorSite['api']['foundBy']): boolean {
  if (foundBy === 'count') return batch.lineCount === shard.lines;
  const isOfFile = shard.input_file_id !== null && batch.inputFileId === shard.input_file_id;
  return isOfFile || (foundBy === 'name' && batch.name === shard.id);
}
