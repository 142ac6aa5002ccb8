import { Injectable } from '@nestjs/common';
import { EventHub } from '../event-hub/event-hub.service';
import { type EventPage, type EventSource, OVERLAP_MS } from '../event-hub/event-source';
import type { Alert } from './alert';
import { alertToWire } from './alert-wire';
import { AlertsRepository } from './alerts.repository';

const MAX_ALERTS = 100;

/** New alerts, for open streams. */
@Injectable()
export class AlertEvents implements EventSource {
  readonly topic = 'alerts';
  private seen = new Set<string>();

  constructor(
    private readonly repository: AlertsRepository,
    hub: EventHub,
  ) {
    hub.register(this);
  }

  async begin(): Promise<void> {
    this.seen = new Set((await this.recent()).map(({ id }) => id));
  }

  async poll(): Promise<EventPage> {
    const recent = await this.recent();
    const fresh = recent.filter(({ id }) => !this.seen.has(id));
    this.seen = new Set(recent.map(({ id }) => id));
    // Where one of them was seen before, none before it is missing.
    return { events: fresh.map(toEvent), cut: fresh.length === MAX_ALERTS };
  }

  async replay(since: Date): Promise<EventPage> {
    const alerts = await this.repository.since(since, MAX_ALERTS);
    return { events: alerts.map(toEvent), cut: alerts.length === MAX_ALERTS };
  }

  private recent(): Promise<Alert[]> {
    return this.repository.since(new Date(Date.now() - OVERLAP_MS), MAX_ALERTS);
  }
}

function toEvent(alert: Alert): EventPage['events'][number] {
  return { topic: 'alerts', name: 'alert', teamId: alert.teamId, keyId: null, data: alertToWire(alert) };
}
