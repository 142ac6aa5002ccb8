import type { DisplayCurrency, Preferences } from '@thriftgate/contracts';
import type { Generated, JSONColumnType } from 'kysely';

export interface SettingsTables {
  company_settings: CompanySettingsTable;
  preferences: PreferencesTable;
}

/** One row, once the defaults have been changed. */
export interface CompanySettingsTable {
  id: 'company';
  timezone: string;
  currency: DisplayCurrency;
  /** A decimal text; null without a rate. */
  krw_per_usd: string | null;
  /** The day of the rate, as `2026-11-27`. */
  rate_date: string | null;
  updated_at: Generated<Date>;
}

/** What a person has chosen for the console. */
export interface PreferencesTable {
  /** The key of the sign-in; `admin` for the administrator's key. */
  key_id: string;
  value: JSONColumnType<Preferences>;
  updated_at: Generated<Date>;
}
