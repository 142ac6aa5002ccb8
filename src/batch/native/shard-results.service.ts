import { Injectable, Logger } from '@nestjs/common';
import type { VendorBatch, VendorLine } from '@thriftgate/providers';
import { DeferredAttempts, type DeferredEnd } from '../../calls/attempts/deferred-attempts.service';
import type { Costs } from '../../calls/failed-costs';
import { NO_TOKENS, type Outcome, rowOf } from '../../ledger/ledger.service';
import { LeasePace } from '../lines/lease-pace';
import { PAGE_BYTES } from '../lines/line-bodies.repository';
import { failedCall, inOneLine, type LineResult, notCalled } from '../lines/line-result';
import { lineErrorBody } from '../output/line-error';
import { TwinsService } from '../lines/twins.service';
import { type ShardCall, ShardCalls, ShardLineError } from './shard-calls.service';
import { type LeasedShard, type Leftover, type ShardLine, ShardsRepository } from './shards.repository';
import { lineNoOf, vendorLines } from './vendor-lines';
import type { VendorSite } from './vendor-site';

const GROUP_LINES = 100;
const OK = 200;
/** Statuses and codes of the attempts of lines that the vendor has not run. */
const NOT_RUN: Record<Leftover, [number, string]> = {
  pending: [502, 'batch_line_missing'],
  escalated: [499, 'batch_cancelled'],
  cancelled: [499, 'batch_cancelled'],
  expired: [504, 'batch_expired'],
};

/** Reads the results of vendors' batches and ends lines with them, each once. */
@Injectable()
export class ShardResults {
  private readonly logger = new Logger(ShardResults.name);

  constructor(
    private readonly shards: ShardsRepository,
    private readonly calls: ShardCalls,
    private readonly deferred: DeferredAttempts,
    private readonly twins: TwinsService,
  ) {}

  /**
   * Reads what is there. Reading it again after a crash, or while the batch runs, changes nothing of what has ended.
   *
   * @returns how many lines the results name
   */
  async collect(shard: LeasedShard, site: VendorSite, batch: VendorBatch): Promise<number> {
    let named = 0;
    const pace = new LeasePace();
    for (const request of site.api.results(batch, site.baseUrl)) {
      for await (const group of inGroups(vendorLines(site, request))) {
        named += await this.settle(shard, group);
        if (pace.isDue()) await this.shards.renew(shard);
      }
    }
    await this.twins.settle(shard.batch_id);
    return named;
  }

  /** Ends the lines without a result. */
  async close(shard: LeasedShard, how: Leftover): Promise<number> {
    let closed = 0;
    // Lines that are closed are on no later page.
    for await (const page of this.shards.pages(shard)) {
      const isOpen = shard.state !== 'planned';
      const rows: string[] = [];
      for (const line of isOpen ? page : []) rows.push(...(await this.rowOf(shard, line, NOT_RUN[how])));
      const lineNos = page.map(({ lineNo }) => lineNo);
      await this.shards.close(shard, rows, lineNos, how);
      closed += page.length;
    }
    await this.twins.settle(shard.batch_id);
    return closed;
  }

  private async settle(shard: LeasedShard, found: readonly VendorLine[]): Promise<number> {
    const byNumber = new Map(found.flatMap((line) => numbered(shard, line)));
    for await (const page of this.shards.pages(shard, [...byNumber.keys()])) {
      const rows: string[] = [];
      const results: LineResult[] = [];
      const again: number[] = [];
      for (const line of page) {
        const answer = byNumber.get(line.lineNo);
        // What was not run is closed with the shard.
        if (!answer || answer.kind === 'expired' || answer.kind === 'cancelled') continue;
        const { row, result } = await this.endOf(shard, line, answer);
        if (row !== undefined) rows.push(row);
        if (result) results.push(result);
        else again.push(line.lineNo);
      }
      await this.shards.settle(shard, rows, results, again);
    }
    return byNumber.size;
  }

  private async endOf(
    shard: LeasedShard,
    line: ShardLine,
    answer: VendorLine,
  ): Promise<{ row: string | undefined; result: LineResult | undefined }> {
    const call = await this.callOf(shard, line);
    if (!call) {
      const message = 'The answer came, but the model or its provider was removed meanwhile, so it cannot be read.';
      const result = notCalled({ ...line, token: null }, 'line_unreadable', message);
      return { row: undefined, result };
    }
    const { row, end } = await this.deferred.settle(call.deferred, call.open, answer);
    return { row, result: resultOf(line, end, call.deferred.asked.call.failedCosts) };
  }

  /** Undefined where the line cannot be made into its call any more; its attempt keeps its estimate then. */
  private async callOf(shard: LeasedShard, line: ShardLine): Promise<ShardCall | undefined> {
    try {
      return await this.calls.of(shard, line);
    } catch (error) {
      if (!(error instanceof ShardLineError)) throw error;
      this.logger.error(
        { shardId: shard.id, line: line.lineNo, err: error },
        'a line of a vendor batch cannot be settled',
      );
      return undefined;
    }
  }

  private async rowOf(shard: LeasedShard, line: ShardLine, [status, errorCode]: [number, string]): Promise<string[]> {
    const call = await this.callOf(shard, line);
    if (!call) return [];
    const { open, deferred } = call;
    const outcome: Outcome = {
      state: 'failed',
      status,
      upstreamModel: deferred.deployment.upstreamModel,
      usage: NO_TOKENS,
      listCostPusd: 0n,
      costPusd: 0n,
      savedBy: null,
      estimated: false,
      errorCode,
      uncached: null,
      latencyMs: null,
      ttftMs: null,
    };
    return [rowOf(open, outcome)];
  }
}

/** The result of a line; undefined where it is run again, as a live call. @param costs what a failed one costs all the same */
function resultOf(line: ShardLine, end: DeferredEnd['end'], costs: Costs): LineResult | undefined {
  const { batchId, lineNo, requestId } = line;
  const place = { batchId, lineNo, token: null };
  if (!end) return undefined;
  if (end.kind === 'failed') {
    if (end.failure.error.elsewhere) return undefined;
    const error = end.failure.toGatewayError();
    return failedCall(place, requestId, error.status, lineErrorBody(line.endpoint, requestId, error), costs);
  }
  const { usage, listCostPusd, costPusd, upstreamModel, provider } = end.answer;
  return {
    line: place,
    state: 'done',
    requestId,
    status: OK,
    body: inOneLine(end.body.toString('utf8')),
    cached: false,
    model: upstreamModel ?? null,
    usage,
    provider,
    listCostPusd,
    costPusd,
    savedPusd: listCostPusd - costPusd,
  };
}

function numbered(shard: LeasedShard, line: VendorLine): [number, VendorLine][] {
  const lineNo = lineNoOf(shard, line);
  return lineNo === undefined ? [] : [[lineNo, line]];
}

/** As many as are written together. */
async function* inGroups(lines: AsyncIterable<VendorLine>): AsyncGenerator<VendorLine[], void, undefined> {
  let [group, bytes]: [VendorLine[], number] = [[], 0];
  for await (const line of lines) {
    group.push(line);
    bytes += 'body' in line ? line.body.length : 0;
    if (group.length < GROUP_LINES && bytes < PAGE_BYTES) continue;
    yield group;
    [group, bytes] = [[], 0];
  }
  if (group.length > 0) yield group;
}
