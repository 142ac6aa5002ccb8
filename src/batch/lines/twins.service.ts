import { Injectable, Logger } from '@nestjs/common';
import { savedOutcome } from '../../calls/attempts/outcome';
import { intentOf } from '../../calls/attempts/resolved-call';
import { CallsService } from '../../calls/calls.service';
import { Cancellation } from '../../common/cancellation';
import { newRequestId } from '../../common/ids';
import { type Owner } from '../../common/owner';
import { openedBy, rowOf } from '../../ledger/ledger.service';
import { Clock } from '../../common/clock';
import type { LinesDb } from './line-bodies.repository';
import { LineCalls } from './line-calls.service';
import type { LineResult } from './line-result';
import { type Twin, TwinsRepository } from './twins.repository';

const NEVER = new Cancellation();

/** Lines that ask the same as an earlier line of their batch: they get its answer under their own `custom_id`. */
@Injectable()
export class TwinsService {
  private readonly logger = new Logger(TwinsService.name);

  constructor(
    private readonly repository: TwinsRepository,
    private readonly lineCalls: LineCalls,
    private readonly calls: CallsService,
    private readonly clock: Clock,
  ) {}

  /** Ends the lines of a batch whose equal has ended, each once. */
  async settle(batchId: string): Promise<void> {
    while ((await this.repository.settle(batchId, (twins, db) => this.endsOf(twins, db))) > 0);
  }

  private async endsOf(twins: readonly Twin[], db: LinesDb): Promise<{ rows: string[]; results: LineResult[] }> {
    const ends: Awaited<ReturnType<TwinsService['endOf']>>[] = [];
    for (const twin of twins) ends.push(await this.endOf(twin, db));
    return { rows: ends.flatMap(({ row }) => row ?? []), results: ends.map(({ result }) => result) };
  }

  private async endOf(twin: Twin, db: LinesDb): Promise<{ row: string | undefined; result: LineResult }> {
    const { batchId, lineNo, answer, result: body, status } = twin;
    const requestId = newRequestId();
    const isDone = twin.firstState === 'done' && answer !== null;
    const listCostPusd = isDone ? BigInt(answer.listCostPusd) : 0n;
    const result: LineResult = {
      line: { batchId, lineNo, token: null },
      state: twin.firstState === 'done' ? 'done' : 'failed',
      requestId: status === null ? null : requestId,
      status,
      body: body ?? 'null',
      cached: false,
      model: answer?.model ?? null,
      usage: answer?.usage ?? null,
      provider: null,
      listCostPusd,
      costPusd: 0n,
      savedPusd: listCostPusd,
    };
    return { row: isDone ? await this.rowOf(twin, { requestId, answer, db }) : undefined, result };
  }

  /** The row of a call that another line paid for; none where the call cannot be made any more. */
  private async rowOf(
    twin: Twin,
    { requestId, answer, db }: { requestId: string; answer: NonNullable<Twin['answer']>; db: LinesDb },
  ): Promise<string | undefined> {
    try {
      const caller = this.lineCalls.callerOfSent(twin);
      const prepared = this.calls.prepare(await this.lineCalls.callOf(twin, requestId, caller, NEVER, db));
      const attempt = { number: 1, provider: answer.provider ?? '', upstreamModel: answer.model };
      const owner: Owner = { kind: 'batch', id: twin.batchId };
      const intent = intentOf(prepared, 'COALESCED', attempt);
      const open = openedBy(owner, intent, { inputTokens: 0, holdPusd: 0n, createdAtMs: this.clock.now() });
      const paid = {
        usage: answer.usage,
        listCostPusd: BigInt(answer.listCostPusd),
        upstreamModel: answer.model ?? undefined,
      };
      const outcome = savedOutcome(paid, 'coalesced', { latencyMs: 0, ttftMs: null });
      return rowOf(open, { ...outcome, savedBy: 'dedupe', latencyMs: null });
    } catch (error) {
      this.logger.warn({ batchId: twin.batchId, line: twin.lineNo, err: error }, 'a line has no row in the ledger');
      return undefined;
    }
  }
}
