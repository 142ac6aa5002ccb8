import { Injectable, Logger } from '@nestjs/common';
import { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { newId } from '../../common/ids';
import { LineCalls } from '../lines/line-calls.service';
import { BatchPlan } from './batch-plan';
import { LinePlanner, type PlannedCall } from './line-planner.service';
import { PlanLostError, PlanRepository, type UnplannedBatch } from './plan.repository';

/** Decides how the lines of a batch run: in vendors' batches, as the answer of an equal line, or as live calls, now or later. */
@Injectable()
export class BatchPlanner {
  private readonly logger = new Logger(BatchPlanner.name);

  constructor(
    private readonly repository: PlanRepository,
    private readonly lines: LinePlanner,
    private readonly deferred: DeferredAttempts,
    private readonly lineCalls: LineCalls,
  ) {}

  isPlanned(batchId: string): Promise<boolean> {
    return this.repository.isPlanned(batchId);
  }

  /** Plans a batch that is not planned. @returns whether it is planned now */
  async plan(batchId: string): Promise<boolean> {
    const batch = await this.repository.take(batchId);
    if (!batch) return this.repository.isPlanned(batchId);
    try {
      await this.repository.write(batch, await this.planOf(batch));
      return true;
    } catch (error) {
      if (!(error instanceof PlanLostError)) throw error;
      this.logger.warn({ batchId }, 'another instance plans the batch');
      return false;
    }
  }

  private async planOf(batch: UnplannedBatch): Promise<BatchPlan> {
    const plan = new BatchPlan(() => newId('shard'));
    const caller = await this.lineCalls.callerOf(batch);
    if (batch.status !== 'in_progress' || !caller) return plan;
    for await (const lines of this.repository.pages(batch)) {
      const calls = await this.lines.look(lines, caller);
      for (const call of calls) {
        // What is stored, or will fail, runs as a live call.
        if (call && !call.hit) await this.place(plan, batch, call);
      }
    }
    return plan;
  }

  private async place(plan: BatchPlan, batch: UnplannedBatch, call: PlannedCall): Promise<void> {
    const { lineNo, prepared, question } = call;
    if (question !== undefined && plan.isSame(lineNo, question)) return;
    const { deferred: line, way, fromMs } = await this.lines.plan(batch, call);
    if (way === 'off_peak') plan.waiting.push({ lineNo, fromMs });
    if (!line) return;
    plan.defer({
      lineNo,
      requestId: prepared.call.requestId,
      deployment: line.deployment,
      providerKey: line.provider.credential.id,
      group: line.group,
      limits: line.api.limits,
      bytes: this.deferred.lengthOf(line, lineId(newId('shard'), lineNo)),
      inputs: line.asked.parts?.distinct.length ?? 0,
      worstPusd: this.deferred.worstOf(line).worstPusd,
    });
  }
}

/** A line's name for the vendor: callers' own names stay here. */
export function lineId(shardId: string, lineNo: number): string {
  return `${shardId}-${lineNo}`;
}
