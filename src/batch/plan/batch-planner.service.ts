import { Injectable, Logger } from '@nestjs/common';
import { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { CallsService } from '../../calls/calls.service';
import type { PreparedCall } from '../../calls/prepared-call';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { newId, newRequestId } from '../../common/ids';
import type { Deployment, Model } from '../../models/model';
import { LineCalls, type StoredLine } from '../line-calls.service';
import { BatchPlan } from './batch-plan';
import { PlanLostError, PlanRepository, type UnplannedBatch } from './plan.repository';

const HOUR_MS = 3_600_000;
/** Nine of ten vendors' batches end within an hour; a shorter window would let lines expire. */
const LEAST_WINDOW_MS = 3 * HOUR_MS;
/** Where what is late runs directly. */
const LEAST_WINDOW_WITH_ESCALATION_MS = HOUR_MS / 2;
/** Tiers that are no wish for a faster or cheaper one. */
const USUAL_TIERS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'auto',
  'default',
  'standard_only',
  'standard',
]);

const NEVER = new AbortController().signal;

/** Decides how the lines of a batch run: in vendors' batches, as the answer of an equal line, or as live calls. */
@Injectable()
export class BatchPlanner {
  private readonly logger = new Logger(BatchPlanner.name);

  constructor(
    private readonly repository: PlanRepository,
    private readonly calls: CallsService,
    private readonly deferred: DeferredAttempts,
    private readonly lineCalls: LineCalls,
    private readonly clock: Clock,
  ) {}

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
    const caller = this.lineCalls.callerOf(batch);
    if (batch.status !== 'in_progress' || !caller) return plan;
    for await (const lines of this.repository.pages(batch)) {
      const prepared = await Promise.all(lines.map((line) => this.prepare(line, caller)));
      for (const each of prepared) if (each) await this.place(plan, batch, each);
    }
    return plan;
  }

  /** @returns undefined where the line runs as a live call: from the cache, or with an error */
  private async prepare(
    line: StoredLine,
    caller: Caller,
  ): Promise<{ lineNo: number; prepared: PreparedCall } | undefined> {
    try {
      const prepared = this.calls.prepare(this.lineCalls.callOf(line, newRequestId(), caller, NEVER));
      const isStored = prepared.controls.read && (await this.calls.lookUp(prepared)) !== undefined;
      return isStored || prepared.controls.onlyIfCached ? undefined : { lineNo: line.lineNo, prepared };
    } catch {
      return undefined;
    }
  }

  private async place(
    plan: BatchPlan,
    batch: UnplannedBatch,
    { lineNo, prepared }: { lineNo: number; prepared: PreparedCall },
  ): Promise<void> {
    const { controls, slot, call } = prepared;
    if (controls.read && controls.write && plan.isSame(lineNo, slot.key)) return;
    const deployment = this.mayDefer(batch, prepared) ? this.deploymentOf(prepared.model) : undefined;
    const line = deployment && (await this.deferred.defer(prepared, deployment).catch(() => undefined));
    if (!deployment || !line) return;
    const { worstPusd } = this.deferred.worstOf(line);
    plan.defer({
      lineNo,
      requestId: call.requestId,
      deployment,
      group: line.group,
      limits: line.api.limits,
      bytes: this.deferred.lengthOf(line, lineId(newId('shard'), lineNo)),
      worstPusd,
    });
  }

  private mayDefer({ expiresAt, escalate }: UnplannedBatch, { call }: PreparedCall): boolean {
    const leftMs = expiresAt.getTime() - this.clock.now();
    const isLongEnough = leftMs >= (escalate ? LEAST_WINDOW_WITH_ESCALATION_MS : LEAST_WINDOW_MS - HOUR_MS / 60);
    return isLongEnough && USUAL_TIERS.has(call.request.serviceTier);
  }

  /** The first deployment whose vendor sells batches, of those whose answers may be stored under the model's name. */
  private deploymentOf({ deployments, family }: Model): Deployment | undefined {
    return deployments
      .filter((each) => each.upstreamModel === family && this.deferred.apiOf(each) !== undefined)
      .toSorted((one, other) => one.priority - other.priority || other.weight - one.weight)[0];
  }
}

/** A line's name for the vendor: callers' own names stay here. */
export function lineId(shardId: string, lineNo: number): string {
  return `${shardId}-${lineNo}`;
}
