import { Injectable } from '@nestjs/common';
import type { BatchQuote, CreateBatch } from '@thriftgate/contracts';
import { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { newId } from '../../common/ids';
import { GatewayConfig } from '../../config/gateway-config';
import { ReportsService } from '../../usage/reports/reports.service';
import { completionWindowMs } from '../batch-state';
import { type BatchInput, BatchInputService } from '../input/batch-input.service';
import type { StoredLine } from '../lines/line-calls.service';
import { type BatchWindow, LinePlanner, mayShare, type PlannedCall } from './line-planner.service';
import { QuoteSums } from './quote-sums';

const PAGE_LINES = 200;
/** Nine of ten vendors' batches end within an hour. */
const NATIVE_MS = 3_600_000;
/** What a live call takes. */
const LIVE_MS = 3_000;

/** What a batch would cost: its plan, which is not run. */
@Injectable()
export class BatchQuotes {
  constructor(
    private readonly inputs: BatchInputService,
    private readonly lines: LinePlanner,
    private readonly deferred: DeferredAttempts,
    private readonly reports: ReportsService,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError `invalid_request` that names the invalid lines */
  async quote(caller: Caller, request: CreateBatch): Promise<BatchQuote> {
    const input = await this.inputs.accept(caller, request);
    try {
      const windowMs = completionWindowMs(request.completion_window);
      const window = { leftMs: windowMs, escalate: request.gateway?.escalate ?? false };
      const sums = new QuoteSums(await this.outputByModel(caller.teamId));
      for await (const page of this.pages(caller, input)) await this.add(sums, page, caller, window);
      return sums.toQuote(new Date(this.clock.now() + Math.min(windowMs, this.expectedMs(sums))));
    } finally {
      await this.inputs.discard(input);
    }
  }

  private async add(sums: QuoteSums, page: StoredLine[], caller: Caller, window: BatchWindow): Promise<void> {
    for (const call of await this.lines.look(page, caller)) await this.addLine(sums, call, window);
  }

  private async addLine(sums: QuoteSums, call: PlannedCall | undefined, window: BatchWindow): Promise<void> {
    if (!call) return sums.addFailing();
    const { prepared, hit } = call;
    if (hit) return sums.addCached(prepared.model.name, hit.entry);
    if (mayShare(prepared) && sums.isSame(prepared)) return;
    const deferred = await this.lines.defer(window, prepared);
    sums.addAsked(prepared, await this.deferred.quote(prepared, deferred), deferred !== undefined);
  }

  private async *pages({ teamId, keyId }: Caller, input: BatchInput): AsyncGenerator<StoredLine[], void, undefined> {
    const batchId = newId('batch');
    let page: StoredLine[] = [];
    for await (const { line, customId, url, body } of this.inputs.read(input)) {
      page.push({ batchId, teamId, keyId, lineNo: line, customId, endpoint: url, body });
      if (page.length < PAGE_LINES) continue;
      yield page;
      page = [];
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

  private expectedMs({ deferredLines, liveLines }: QuoteSums): number {
    const liveMs = (liveLines * LIVE_MS) / this.config.batch.concurrency;
    return Math.max(deferredLines > 0 ? NATIVE_MS : 0, liveMs, LIVE_MS);
  }
}
