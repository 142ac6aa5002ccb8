import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId } from '../common/ids';
import { Database } from '../database/database.connection';
import type { Alert, AlertKind, NewAlert } from './alert';
import { AlertsRepository } from './alerts.repository';
import { DeliveryService } from './deliveries/delivery.service';

const MAX_WAITING = 1_000;
const RETRY_MS = 5_000;
/** PostgreSQL's error class `data_exception`, for values that it never stores, such as a NUL in text. */
const DATA_EXCEPTION = /^22\w{3}$/;

/** Raises alerts: in the log, at /admin/alerts and at webhooks, each once over all processes. */
@Injectable()
export class AlertsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(AlertsService.name);
  private readonly waiting = new Map<string, NewAlert>();
  /** Keys of alerts that this process stored recently: saves queries; the database decides. */
  private readonly stored = new Set<string>();
  private working: Promise<void> | undefined;

  constructor(
    private readonly repository: AlertsRepository,
    private readonly deliveries: DeliveryService,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.work(), RETRY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await this.work();
    });
  }

  /** Raises an alert. Returns at once and never throws; the alert stays in memory until the database stores it. */
  raise<Kind extends AlertKind>(alert: NewAlert<Kind>): void {
    if (this.stored.has(alert.dedupeKey) || this.waiting.has(alert.dedupeKey)) return;
    if (this.waiting.size >= MAX_WAITING) {
      this.logger.warn(
        { kind: alert.kind, data: alert.data },
        'too many alerts wait for the database; this one is not stored',
      );
      return;
    }
    this.waiting.set(alert.dedupeKey, alert);
    void this.work();
  }

  /**
   * Stores an alert with its deliveries in the transaction of what it is about: both are there, or neither is. Its message is
   * sent by the next look for deliveries, also after a crash; {@link publish} after the commit sends it at once.
   *
   * @returns undefined if an alert with its `dedupeKey` exists
   */
  record<Kind extends AlertKind>(
    alert: NewAlert<Kind>,
    db: Parameters<AlertsRepository['insert']>[2],
  ): Promise<Alert | undefined> {
    return this.repository.insert(newId('alert'), alert, db);
  }

  /** Logs a stored alert, and looks for deliveries now. */
  publish({ id, kind, severity, teamId, data, textEn }: Alert): void {
    const fields = { alert_id: id, kind, severity, team_id: teamId, data };
    if (severity === 'info') this.logger.log(fields, textEn);
    else this.logger.warn(fields, textEn);
    this.deliveries.wake();
  }

  private work(): Promise<void> {
    return (this.working ??= this.storeAll()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'alerts wait for the database'))
      .finally(() => (this.working = undefined)));
  }

  private async storeAll(): Promise<void> {
    for (const [dedupeKey, waiting] of this.waiting) {
      const alert = await this.repository.insert(newId('alert'), waiting).catch((error: unknown) => {
        if (!DATA_EXCEPTION.test(String((error as { code?: unknown }).code))) throw error;
        this.logger.warn({ err: error, kind: waiting.kind, data: waiting.data }, 'the database refuses an alert');
        return undefined;
      });
      this.waiting.delete(dedupeKey);
      if (this.stored.size >= MAX_WAITING) this.stored.clear();
      this.stored.add(dedupeKey);
      if (alert) this.publish(alert);
    }
  }
}
