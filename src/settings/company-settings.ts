import type * as contracts from '@thriftgate/contracts';

/** The settings of the company, for display and for the days of reports. */
export interface CompanySettings extends contracts.PutSettings {
  /** Null while the defaults apply. */
  updatedAt: Date | null;
}

export const DEFAULT_SETTINGS: CompanySettings = {
  timezone: 'UTC',
  currency: 'USD',
  exchange_rate: null,
  updatedAt: null,
};

/** The settings that a change may set, as the audit has them. */
export function valuesOf({ timezone, currency, exchange_rate }: contracts.PutSettings): contracts.PutSettings {
  return { timezone, currency, exchange_rate };
}

/** As `/admin/settings` shows them. */
export function toWire(settings: CompanySettings): contracts.Settings {
  return { ...valuesOf(settings), updated_at: settings.updatedAt?.toISOString() ?? null };
}
