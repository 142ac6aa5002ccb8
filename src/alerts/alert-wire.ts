import type * as contracts from '@thriftgate/contracts';
import type { Alert } from './alert';
import type { Delivery } from './alerts.repository';

/** An alert as `/admin/alerts` shows it. */
export function alertToWire(alert: Alert, deliveries: readonly Delivery[] = []): contracts.Alert {
  return {
    id: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    team_id: alert.teamId,
    data: alert.data as Record<string, unknown>,
    text: { en: alert.textEn, ko: alert.textKo },
    deliveries: deliveries.map(({ webhookId, state, tries, lastError }) => ({
      webhook_id: webhookId,
      state,
      tries,
      last_error: lastError,
    })),
    acknowledged_at: alert.acknowledged?.at.toISOString() ?? null,
    acknowledged_by: alert.acknowledged?.by ?? null,
    created_at: alert.createdAt.toISOString(),
  };
}
