import { Injectable } from '@nestjs/common';
import { EventHub } from '../../event-hub/event-hub.service';
import type { EventPage, EventSource } from '../../event-hub/event-source';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { TeamAndKeyNames } from '../reports/team-and-key-names.service';
import { toWire } from './request-wire';
import { type RowKey, RequestsRepository } from './requests.repository';

/** Rows are looked for among the calls that came within so long: a coalesced call has its row at its end only. */
const WITHIN_MS = 120_000;
const MAX_KEYS = 2_000;
const MAX_ROWS = 1_000;
/** Calls whose attempts run are looked at until they end, at most so many. */
const MAX_OPEN = 500;
/** After a failed attempt of a call, its next one is looked for so long. */
const NEXT_ATTEMPT_MS = 60_000;

/** Rows of the ledger that have ended, for open streams. */
@Injectable()
export class RequestEvents implements EventSource {
  readonly topic = 'requests' as const;
  /** When each row was first seen to have ended, in milliseconds since 1970. */
  private readonly seen = new Map<string, number>();
  /** When each call last had an attempt that ran, in milliseconds since 1970. */
  private readonly open = new Map<string, number>();

  constructor(
    private readonly repository: RequestsRepository,
    private readonly names: TeamAndKeyNames,
    private readonly drain: LedgerDrain,
    hub: EventHub,
  ) {
    hub.register(this);
  }

  async begin(): Promise<void> {
    this.seen.clear();
    this.open.clear();
    await this.read();
  }

  async poll(): Promise<EventPage> {
    const { fresh, missed } = await this.read();
    return this.pageOf(fresh.slice(0, MAX_ROWS), missed || fresh.length > MAX_ROWS);
  }

  async replay(since: Date): Promise<EventPage> {
    await this.drain.flush();
    const keys = await this.repository.endedSince(since, MAX_ROWS + 1);
    return this.pageOf(keys.slice(0, MAX_ROWS), keys.length > MAX_ROWS);
  }

  /** The keys of rows that have ended since the last time. @property missed whether the end of a running call may be missed */
  private async read(): Promise<{ fresh: RowKey[]; missed: boolean }> {
    const nowMs = Date.now();
    await this.drain.flush();
    const keys = await this.repository.rowKeys(new Date(nowMs - WITHIN_MS), MAX_KEYS, [...this.open.keys()]);
    const fresh: RowKey[] = [];
    let missed = false;
    for (const key of keys) {
      const name = `${key.request_id}.${key.attempt}`;
      if (key.state === 'dispatched') missed = !this.note(key.request_id, nowMs) || missed;
      else if (!this.seen.has(name)) {
        this.seen.set(name, nowMs);
        fresh.push(key);
      }
    }
    this.forget(nowMs);
    return { fresh, missed };
  }

  /** Follows a call that runs. @returns false where too many run */
  private note(requestId: string, nowMs: number): boolean {
    if (this.open.size >= MAX_OPEN && !this.open.has(requestId)) return false;
    this.open.set(requestId, nowMs);
    return true;
  }

  private forget(nowMs: number): void {
    for (const [id, sinceMs] of this.open) if (nowMs - sinceMs > NEXT_ATTEMPT_MS) this.open.delete(id);
    for (const [name, sinceMs] of this.seen) {
      const isOpen = this.open.has(name.slice(0, name.lastIndexOf('.')));
      if (nowMs - sinceMs > WITHIN_MS * 2 && !isOpen) this.seen.delete(name);
    }
  }

  private async pageOf(keys: readonly RowKey[], cut: boolean): Promise<EventPage> {
    const rows = (await this.repository.withKeys(keys)).filter(({ corrects }) => corrects === null);
    const names = await this.names.ofRows(rows);
    const events = rows.map((row) => {
      const [teamId, keyId] = [row.team_id, row.key_id];
      return { topic: this.topic, name: 'request' as const, teamId, keyId, data: toWire(row, names) };
    });
    return { events, cut };
  }
}
