import { Injectable } from '@nestjs/common';
import type { BatchEvent } from '@thriftgate/contracts';
import { formatUsd } from '../../common/money';
import { EventHub } from '../../event-hub/event-hub.service';
import { type EventPage, type EventSource, OVERLAP_MS } from '../../event-hub/event-source';
import { isFinal } from '../batch-state';
import type { Batch } from '../batches.repository';
import { AdminBatchesRepository } from './admin-batches.repository';

const MAX_BATCHES = 1_000;

/** The progress of batches, for open streams: an event where counts or status differ from those a second before. */
@Injectable()
export class BatchEvents implements EventSource {
  readonly topic = 'batches';
  /** The state of each batch as it was a second before. */
  private known = new Map<string, string>();
  /** Those of them that had not ended: they are asked for until they have. */
  private open: string[] = [];

  constructor(
    private readonly repository: AdminBatchesRepository,
    hub: EventHub,
  ) {
    hub.register(this);
  }

  async begin(): Promise<void> {
    this.open = [];
    this.note(await this.recent());
  }

  async poll(): Promise<EventPage> {
    const batches = await this.recent();
    const before = this.known;
    this.note(batches);
    const changed = batches.filter((batch) => before.get(batch.id) !== this.known.get(batch.id));
    return { events: changed.map(toEvent), cut: batches.length === MAX_BATCHES };
  }

  async replay(since: Date): Promise<EventPage> {
    const batches = await this.repository.openOrEndedSince(since, MAX_BATCHES);
    return { events: batches.map(toEvent), cut: batches.length === MAX_BATCHES };
  }

  /** By indexes alone, however many batches have ended. */
  private recent(): Promise<Batch[]> {
    return this.repository.watched(this.open, new Date(Date.now() - OVERLAP_MS), MAX_BATCHES);
  }

  private note(batches: readonly Batch[]): void {
    this.known = statesOf(batches);
    this.open = batches.filter(({ status }) => !isFinal(status)).map(({ id }) => id);
  }
}

function statesOf(batches: readonly Batch[]): Map<string, string> {
  return new Map(
    batches.map((each) => [
      each.id,
      [each.status, each.completed_lines, each.failed_lines, each.cached_lines, each.cost_pusd].join(' '),
    ]),
  );
}

function toEvent(batch: Batch): EventPage['events'][number] {
  const data: BatchEvent = {
    id: batch.id,
    team_id: batch.team_id,
    key_id: batch.key_id,
    status: batch.status,
    request_counts: { total: batch.total_lines, completed: batch.completed_lines, failed: batch.failed_lines },
    cached: batch.cached_lines,
    list_cost_usd: formatUsd(batch.list_cost_pusd),
    cost_usd: formatUsd(batch.cost_pusd),
    saved_usd: formatUsd(batch.saved_pusd),
    expires_at: batch.expires_at.toISOString(),
  };
  return { topic: 'batches', name: 'batch', teamId: batch.team_id, keyId: batch.key_id, data };
}
