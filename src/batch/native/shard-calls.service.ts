import { Injectable } from '@nestjs/common';
import type { BatchDraft, StreamedBody } from '@thriftgate/providers';
import { type DeferredCall, DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { intentOf } from '../../calls/attempts/resolved-call';
import { CallsService } from '../../calls/calls.service';
import { statusWithoutHit } from '../../calls/prepared-call';
import { Cancellation } from '../../common/cancellation';
import type { PicoUsd } from '../../common/money';
import type { Owner } from '../../common/owner';
import { type IntentEntry, type OpenAttempt, openedBy } from '../../ledger/ledger.service';
import type { Deployment } from '../../models/model';
import { LineCalls } from '../lines/line-calls.service';
import { lineId } from '../plan/batch-planner.service';
import { type LeasedShard, type ShardLine, ShardsRepository } from './shards.repository';
import { VendorBatches } from './vendor-batches.service';

const NEVER = new Cancellation();

/** A line of a shard as a call, with its attempt. */
export interface ShardCall {
  line: ShardLine;
  deferred: DeferredCall;
  open: OpenAttempt;
  intent: IntentEntry;
}

/** A line that cannot be made into the call that was planned: its model was removed, or its price or vendor changed. */
export class ShardLineError extends Error {
  override readonly name = 'ShardLineError';
}

/** Makes calls of the lines of a shard, the same ones each time. */
@Injectable()
export class ShardCalls {
  constructor(
    private readonly shards: ShardsRepository,
    private readonly lineCalls: LineCalls,
    private readonly calls: CallsService,
    private readonly deferred: DeferredAttempts,
    private readonly vendors: VendorBatches,
  ) {}

  /** Whether the key of a shard still works. @throws where that cannot be read */
  async mayCall(shard: LeasedShard): Promise<boolean> {
    return (await this.lineCalls.callerOf(shard)) !== undefined;
  }

  /** @throws ShardLineError */
  async of(shard: LeasedShard, line: ShardLine): Promise<ShardCall> {
    const deferred = await this.defer(shard, line).catch((cause: unknown) => {
      throw new ShardLineError(`line ${line.lineNo} cannot be made into a call any more`, { cause });
    });
    if (!deferred) throw new ShardLineError(`${shard.provider} takes line ${line.lineNo} in no batch any more`);
    const { inputTokens, worstPusd: holdPusd } = this.deferred.worstOf(deferred);
    const { prepared, deployment, provider, price } = deferred;
    const ownKey = provider.credential.teamId !== null;
    const intent = intentOf(
      prepared,
      statusWithoutHit(prepared.controls),
      { number: 1, provider: deployment.provider, upstreamModel: deployment.upstreamModel, ownKey },
      { priceId: price.id, windows: shard.charged },
    );
    const createdAtMs = shard.created_at.getTime();
    return { line, deferred, intent, open: openedBy(ownerOf(shard), intent, { inputTokens, holdPusd, createdAtMs }) };
  }

  /** All lines without a result, one after the other. @throws ShardLineError */
  async *all(shard: LeasedShard): AsyncGenerator<ShardCall, void, undefined> {
    for await (const page of this.shards.pages(shard)) for (const line of page) yield await this.of(shard, line);
  }

  /** The lines without a result, and what they cost more at most where they run as live calls and not in the vendor's batch. */
  async moreLive(shard: LeasedShard): Promise<{ lines: number; morePusd: PicoUsd }> {
    let [lines, morePusd] = [0, 0n];
    for await (const page of this.shards.pages(shard)) {
      for (const line of page) {
        const deferred = await this.defer(shard, line).catch(() => undefined);
        const worst = deferred && this.deferred.worstOf(deferred);
        lines += 1;
        if (worst) morePusd += worst.worstLivePusd - worst.worstPusd;
      }
    }
    return { lines, morePusd };
  }

  /** The shard as the vendor gets it. The lines are read twice: for their length, and when they are sent. @throws ShardLineError */
  async draftOf(shard: LeasedShard): Promise<BatchDraft> {
    let [first, byteLength, lineCount]: [ShardCall | undefined, number, number] = [undefined, 0, 0];
    for await (const call of this.all(shard)) {
      first ??= call;
      byteLength += Buffer.byteLength(this.textOf(shard, call));
      lineCount += 1;
    }
    const { url = '', headers = {} } = first?.deferred.exchange.request ?? {};
    const lines: StreamedBody = { byteLength, [Symbol.asyncIterator]: () => this.texts(shard) };
    return { name: shard.id, upstreamModel: shard.upstream_model, url, headers, lineCount, lines };
  }

  private async *texts(shard: LeasedShard): AsyncGenerator<Buffer, void, undefined> {
    for await (const call of this.all(shard)) yield Buffer.from(this.textOf(shard, call));
  }

  private textOf({ id }: LeasedShard, { line, deferred: { api, exchange } }: ShardCall): string {
    return `${api.line(lineId(id, line.lineNo), exchange.request)}\n`;
  }

  private async defer(shard: LeasedShard, line: ShardLine): Promise<DeferredCall | undefined> {
    const caller = this.lineCalls.callerOfSent(line);
    const prepared = this.calls.prepare(await this.lineCalls.callOf(line, line.requestId, caller, NEVER));
    const site = this.vendors.siteOf(shard);
    return this.deferred.defer(prepared, deploymentOf(shard, prepared.model.deployments), site?.provider);
  }
}

/** What a shard holds and has open is its own. */
export function ownerOf({ id }: Pick<LeasedShard, 'id'>): Owner {
  return { kind: 'batch', id };
}

/** The deployment of a shard, also where the model has lost it meanwhile. */
function deploymentOf(shard: LeasedShard, deployments: readonly Deployment[]): Deployment {
  const { deployment: id, provider, upstream_model: upstreamModel, model: publicName } = shard;
  return (
    deployments.find((each) => each.id === id) ?? {
      id,
      publicName,
      provider,
      upstreamModel,
      priority: 1,
      weight: 1,
      maxParallel: undefined,
    }
  );
}
