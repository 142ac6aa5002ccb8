import { Injectable } from '@nestjs/common';
import { type CreateBatch, createBatchSchema, type ListBatchesQuery } from '@thriftgate/contracts';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { completionWindowMs, isFinal } from './batch-state';
import type { KeepAnswer } from '../idempotency/idempotent-call';
import { type Batch, BatchesRepository } from './batches.repository';
import { type BatchInput, BatchInputService } from './input/batch-input.service';
import { type NewBatch, NewBatchesRepository } from './new-batches.repository';
import { ShardsRepository } from './native/shards.repository';
import { BatchQueue } from './queue/batch-queue';
import { LinesRepository } from './lines/lines.repository';

/** Creates, shows and cancels batches. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly repository: BatchesRepository,
    private readonly newBatches: NewBatchesRepository,
    private readonly inputs: BatchInputService,
    private readonly lines: LinesRepository,
    private readonly shards: ShardsRepository,
    private readonly queue: BatchQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * @param storeResponse stores the response of an idempotent call in the transaction that starts the batch
   * @param content gives the lines in place of the request
   * @throws GatewayError `invalid_request` that names the invalid lines; one of them refuses the whole batch
   */
  async create(
    caller: Caller,
    request: CreateBatch,
    requestId: string,
    storeResponse?: KeepAnswer<Batch>,
    content?: () => AsyncIterable<Buffer>,
  ): Promise<Batch> {
    const input = await this.inputs.accept(caller, request, content?.());
    try {
      const batch = await this.keep(this.newBatch(caller, request, requestId, input), input, storeResponse);
      this.queue.announce({ id: batch.id, teamId: caller.teamId, lines: batch.total_lines });
      return batch;
    } catch (error) {
      await this.inputs.discard(input);
      throw error;
    }
  }

  /**
   * Makes a batch of the lines of an ended one that have no response.
   *
   * @param alongside as `storeResponse` of {@link create}
   * @throws GatewayError `not_found`, or `conflict` where the batch has not ended, or all its lines have a response
   */
  async retry(caller: Caller, batchId: string, requestId: string, alongside?: KeepAnswer<Batch>): Promise<Batch> {
    const batch = await this.get(caller.teamId, batchId);
    if (!isFinal(batch.status)) {
      const message = `The batch has not ended: its status is '${batch.status}'.`;
      throw new GatewayError('conflict', { message });
    }
    if (!(await this.repository.hasFailedLines(batchId)))
      throw new GatewayError('conflict', {
        message: 'All lines of the batch have a response; none is to be run again.',
      });
    const { endpoint, completion_window: window, metadata, escalate } = batch;
    const request = createBatchSchema.parse({
      requests: [],
      endpoint,
      completion_window: window,
      metadata,
      gateway: { escalate },
    });
    return this.create(caller, request, requestId, alongside, () => this.repository.failedContent(batchId));
  }

  /** @throws GatewayError `not_found` */
  async get(teamId: string, batchId: string): Promise<Batch> {
    const batch = await this.repository.find(teamId, batchId);
    if (!batch) throw new GatewayError('not_found', { message: `There is no batch '${batchId}'.`, param: 'batch_id' });
    return batch;
  }

  async list(teamId: string, query: ListBatchesQuery): Promise<{ batches: Batch[]; hasMore: boolean }> {
    const batches = await this.repository.list(teamId, query);
    return { batches: batches.slice(0, query.limit), hasMore: batches.length > query.limit };
  }

  /**
   * Starts no more lines of a batch. Running lines end and are charged.
   *
   * @param alongside as `storeResponse` of {@link create}
   * @throws GatewayError `not_found`, or `conflict` once the batch has ended
   */
  async cancel(teamId: string, batchId: string, alongside?: KeepAnswer<Batch>): Promise<Batch> {
    const cancelling = await this.repository.cancel(teamId, batchId, async (db, batch) => alongside?.(batch, db));
    if (cancelling) {
      await this.lines.closeUnstarted();
      await this.shards.wake(batchId);
      this.queue.announce({ id: batchId, teamId, lines: cancelling.total_lines });
      return cancelling;
    }
    const { status } = await this.get(teamId, batchId);
    throw new GatewayError('conflict', { message: `A batch with status '${status}' cannot be cancelled.` });
  }

  private newBatch(caller: Caller, request: CreateBatch, requestId: string, input: BatchInput): NewBatch {
    const now = this.clock.now();
    return {
      id: newId('batch'),
      team_id: caller.teamId,
      key_id: caller.keyId,
      endpoint: input.endpoint.path,
      request_id: requestId,
      completion_window: request.completion_window,
      input_file_id: input.fileId,
      output_expires_after_s: request.output_expires_after?.seconds ?? null,
      total_lines: input.lines,
      metadata: request.metadata ?? null,
      escalate: request.gateway?.escalate ?? false,
      created_at: new Date(now),
      expires_at: new Date(now + completionWindowMs(request.completion_window)),
    };
  }

  private keep(batch: NewBatch, input: BatchInput, storeResponse: KeepAnswer<Batch> | undefined): Promise<Batch> {
    return this.newBatches.create(batch, this.inputs.read(input), async (transaction, made) => {
      await this.inputs.publish(input, transaction);
      await storeResponse?.(made, transaction);
    });
  }
}
