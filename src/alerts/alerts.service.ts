import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId } from '../common/ids';
import { Database } from '../database/database.connection';
import type { Alert, AlertKind, NewAlert } from './alert';
import { AlertsRepository } from './alerts.repository';
import { DeliveryService } from './deliveries/delivery.service';

const MOST_WAITING = 1_000;
const RETRY_MS = 5_000;
/** How PostgreSQL says that it will never take a value: `data_exception`, as for a NUL in a text. */
const NEVER_TAKEN = /^22\w{3}$/;

/** Tells people what they should know: in the log, at /admin/alerts and at webhooks, each once over all processes. */
@Injectable()
export class AlertsService implements OnApplicationBootstrap {
  private readonly logger = new Logger(AlertsService.name);
  private readonly waiting = new Map<string, NewAlert>();
  /** What this process told lately; the database decides, this only spares it the question. */
  private readonly told = new Set<string>();
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

  /** Raises an alert and returns at once: nobody waits for it, and nothing fails by it. It is kept until the database takes it. */
  raise<Kind extends AlertKind>(alert: NewAlert<Kind>): void {
    if (this.told.has(alert.dedupeKey) || this.waiting.has(alert.dedupeKey)) return;
    if (this.waiting.size >= MOST_WAITING) {
      this.logger.warn(
        { kind: alert.kind, data: alert.data },
        'too many alerts wait for the database; this one is only here',
      );
      return;
    }
    this.waiting.set(alert.dedupeKey, alert);
    void this.work();
  }

  private work(): Promise<void> {
    return (this.working ??= this.tellAll()
      .catch((error: unknown) => this.logger.debug({ err: error }, 'alerts wait for the database'))
      .finally(() => (this.working = undefined)));
  }

  private async tellAll(): Promise<void> {
    for (const [dedupeKey, waiting] of this.waiting) {
      const alert = await this.repository.insert(newId('alert'), waiting).catch((error: unknown) => {
        if (!NEVER_TAKEN.test(String((error as { code?: unknown }).code))) throw error;
        this.logger.warn({ err: error, kind: waiting.kind, data: waiting.data }, 'an alert that cannot be kept');
        return undefined;
      });
      this.waiting.delete(dedupeKey);
      if (this.told.size >= MOST_WAITING) this.told.clear();
      this.told.add(dedupeKey);
      if (alert) this.tell(alert);
    }
  }

  private tell({ id, kind, severity, teamId, data, textEn }: Alert): void {
    const fields = { alert_id: id, kind, severity, team_id: teamId, data };
    if (severity === 'info') this.logger.log(fields, textEn);
    else this.logger.warn(fields, textEn);
    this.deliveries.wake();
  }
}
