import { Injectable } from '@nestjs/common';
import { AlertsRepository } from '../alerts/alerts.repository';
import { Clock } from '../common/clock';
import { reachOf, type Role } from '../common/permissions';
import { ReachedBudgets, type ReachedBudget } from '../budgets/reached-budgets.service';
import type { ApiKey } from '../keys/api-key';
import { ExpiringKeysRepository } from '../keys/expiring-keys.repository';
import { type Advice, SavingsAdvice } from './savings-advice.service';

const DAY_MS = 24 * 3_600_000;
const KEY_DAYS = 14;
const ALERT_DAYS = 30;
const MAX_LISTED = 20;

/** What needs attention. */
export interface ToDo {
  budgets: ReachedBudget[];
  keys: ApiKey[];
  /** Undefined for roles that see no alerts. */
  alerts: number | undefined;
  advice: Advice | undefined;
}

/** Collects what needs attention, as far as a role may see it. */
@Injectable()
export class ToDoService {
  constructor(
    private readonly budgets: ReachedBudgets,
    private readonly keys: ExpiringKeysRepository,
    private readonly alerts: AlertsRepository,
    private readonly advice: SavingsAdvice,
    private readonly clock: Clock,
  ) {}

  /** @param teamId undefined for all teams */
  async of(teamId: string | undefined, role: Role): Promise<ToDo> {
    const nowMs = this.clock.now();
    const ending = new Date(nowMs + KEY_DAYS * DAY_MS);
    const [budgets, keys, alerts, advice] = await Promise.all([
      this.budgets.of(teamId),
      reachOf(role, 'keys:read') ? this.keys.list(ending, teamId, MAX_LISTED) : [],
      reachOf(role, 'alerts:read')
        ? this.alerts.unacknowledged(new Date(nowMs - ALERT_DAYS * DAY_MS), teamId)
        : undefined,
      this.advice.of(teamId),
    ]);
    return { budgets: budgets.slice(0, MAX_LISTED), keys, alerts, advice };
  }
}
