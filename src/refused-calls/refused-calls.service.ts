import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { endpointAt } from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import type { GatewayError } from '../common/errors';
import { Database } from '../database/database.connection';
import { FailedRequests } from '../http/failed-requests.service';
import { ModelRegistry } from '../models/model-registry.service';
import { isRefusal } from './refusal';
import { RefusedCallsRepository, type RefusedCount } from './refused-calls.repository';

/** What a killed instance loses at most. */
const WRITE_EVERY_MS = 5_000;
const QUARTER_MS = 15 * 60_000;

/**
 * Counts the calls that the gateway refuses before an upstream is asked; they have no rows in the ledger. In memory first, in the
 * database every five seconds and at the end.
 */
@Injectable()
export class RefusedCalls implements OnApplicationBootstrap {
  private readonly logger = new Logger(RefusedCalls.name);
  private counts = new Map<string, RefusedCount>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: RefusedCallsRepository,
    private readonly models: ModelRegistry,
    private readonly database: Database,
    private readonly clock: Clock,
    failedRequests: FailedRequests,
  ) {
    failedRequests.onFailed((request, error) => this.countRequest(request, error));
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.flush(), WRITE_EVERY_MS);
    timer.unref();
    this.database.beforeClose(() => {
      clearInterval(timer);
      return this.flush();
    });
  }

  /** Counts a call that ended in an error, if the gateway refused it. @param model the name that the caller sent, if known */
  count({ teamId, keyId }: Pick<Caller, 'teamId' | 'keyId'>, model: unknown, error: GatewayError): void {
    if (!isRefusal(error)) return;
    const known = typeof model === 'string' ? (this.models.resolve(model)?.name ?? '') : '';
    const period = Math.floor(this.clock.now() / QUARTER_MS) * QUARTER_MS;
    const name = [period, teamId, keyId, error.code, known].join(' ');
    const counted = this.counts.get(name);
    if (counted) counted.calls += 1;
    else {
      const start = new Date(period).toISOString();
      const { code: errorCode, status } = error;
      this.counts.set(name, { period: start, teamId, keyId, model: known, errorCode, status, calls: 1 });
    }
  }

  /** Writes what was counted, one time after the other. What the database does not take is written the next time. */
  flush(): Promise<void> {
    return (this.writing = this.writing.then(() =>
      this.write().catch((error: unknown) => this.logger.debug({ err: error }, 'refused calls could not be written')),
    ));
  }

  private countRequest(request: FastifyRequest, error: GatewayError): void {
    const { caller, body } = request;
    const isCall = request.paidByKey === true || endpointAt(request.routeOptions.url ?? '') !== undefined;
    if (caller === undefined || !isCall) return;
    this.count(caller, (body as { model?: unknown } | null | undefined)?.model, error);
  }

  private async write(): Promise<void> {
    const { counts } = this;
    if (counts.size === 0) return;
    this.counts = new Map();
    try {
      await this.repository.add([...counts.values()]);
    } catch (error) {
      for (const [name, count] of this.counts) {
        const unwritten = counts.get(name);
        if (unwritten) unwritten.calls += count.calls;
        else counts.set(name, count);
      }
      this.counts = counts;
      throw error;
    }
  }
}
