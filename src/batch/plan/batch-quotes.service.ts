import { Injectable } from '@nestjs/common';
import type { BatchQuote, CreateBatch } from '@thriftgate/contracts';
import { byteLengthOf } from '@thriftgate/providers';
import { askedFor } from '../../calls/call-parts';
import { isParted, type PartedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { newId } from '../../common/ids';
import { GatewayConfig } from '../../config/gateway-config';
import { ReportsService } from '../../usage/reports/reports.service';
import { completionWindowMs } from '../batch-state';
import { type BatchInput, BatchInputService } from '../input/batch-input.service';
import type { StoredLine } from '../lines/line-calls.service';
import type { BatchOfLine } from '../ways/line-ways.service';
import { LinePlanner, type PlannedCall } from './line-planner.service';
import { LineQuotes } from './line-quotes.service';
import { QuoteSums } from './quote-sums';

/** What is looked up at once; the bodies in bytes, besides that of the last line. */
const PAGE_LINES = 200;
const PAGE_BYTES = 1024 * 1024;
/** Nine of ten vendors' batches end within an hour. */
const NATIVE_MS = 3_600_000;
/** What a live call takes, and one of a flex tier. */
const LIVE_MS = 3_000;
const FLEX_MS = 60_000;

/** What a batch would cost: its plan, which is not run. */
@Injectable()
export class BatchQuotes {
  constructor(
    private readonly inputs: BatchInputService,
    private readonly lines: LinePlanner,
    private readonly quotes: LineQuotes,
    private readonly reports: ReportsService,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError `invalid_request` that names the invalid lines */
  async quote(caller: Caller, request: CreateBatch): Promise<BatchQuote> {
    const input = await this.inputs.accept(caller, request);
    try {
      const windowMs = completionWindowMs(request.completion_window);
      const nowMs = this.clock.now();
      const batch: BatchOfLine = {
        madeAt: new Date(nowMs),
        expiresAt: new Date(nowMs + windowMs),
        batchLines: input.lines,
        escalate: request.gateway?.escalate ?? false,
      };
      const sums = new QuoteSums(await this.outputByModel(caller.teamId));
      for await (const page of this.pages(caller, input)) await this.add(sums, page, caller, batch);
      return sums.toQuote(new Date(Math.min(nowMs + windowMs, this.expectedEndMs(sums, nowMs))));
    } finally {
      await this.inputs.discard(input);
    }
  }

  private async add(sums: QuoteSums, page: StoredLine[], caller: Caller, batch: BatchOfLine): Promise<void> {
    for (const call of await this.lines.look(page, caller)) await this.addLine(sums, call, batch);
  }

  private async addLine(sums: QuoteSums, call: PlannedCall | undefined, batch: BatchOfLine): Promise<void> {
    if (!call) return sums.addFailing();
    const { prepared, hit, hits } = call;
    if (hit) return sums.addCached(prepared.model.name, hit.entry);
    if (sums.isSame(call)) return;
    const { deferred, priced, way, fromMs } = await this.lines.plan(batch, call);
    if (!priced) return sums.addFailing();
    const mayCostFull = way === 'flex' || way === 'off_peak' || (way === 'batch' && batch.escalate);
    const asked = deferred?.asked ?? (isParted(prepared) ? askedFor(prepared, missingOf(prepared, hits)) : prepared);
    sums.addAsked(call, await this.quotes.of(asked, priced, mayCostFull), { way, fromMs });
  }

  private async *pages({ teamId, keyId }: Caller, input: BatchInput): AsyncGenerator<StoredLine[], void, undefined> {
    const batchId = newId('batch');
    let page: StoredLine[] = [];
    let bytes = 0;
    for await (const { line, customId, url, body } of this.inputs.read(input)) {
      page.push({ batchId, teamId, keyId, lineNo: line, customId, endpoint: url, body });
      bytes += byteLengthOf(body);
      if (page.length < PAGE_LINES && bytes < PAGE_BYTES) continue;
      yield page;
      page = [];
      bytes = 0;
    }
    if (page.length > 0) yield page;
  }

  /** The tokens that the team's calls of each model wrote on average, over the last 30 days. */
  private async outputByModel(teamId: string): Promise<ReadonlyMap<string, number>> {
    const { data } = await this.reports.usage({ team_id: teamId, timezone: 'UTC' }, ['model']);
    return new Map(
      data.flatMap(({ groups, sums }) => {
        const answered = sums.attempts - sums.failedAttempts;
        const isKnown = typeof groups.model === 'string' && answered > 0 && sums.outputTokens > 0;
        return isKnown ? [[String(groups.model), Math.ceil(sums.outputTokens / answered)]] : [];
      }),
    );
  }

  private expectedEndMs({ linesBy, lastFromMs }: QuoteSums, nowMs: number): number {
    const slowMs = linesBy('live') * LIVE_MS + linesBy('off_peak') * LIVE_MS + linesBy('flex') * FLEX_MS;
    const runMs = Math.max(slowMs / this.config.batch.concurrency, linesBy('flex') > 0 ? FLEX_MS : LIVE_MS);
    return Math.max(nowMs + (linesBy('batch') > 0 ? NATIVE_MS : 0), Math.max(nowMs, lastFromMs) + runMs);
  }
}

/** The places of the parts that are not stored. */
function missingOf({ parts }: PartedCall, hits: PlannedCall['hits']): number[] {
  return [...parts.distinct.keys()].filter((place) => hits[place] === undefined);
}
