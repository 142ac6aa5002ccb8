export interface Preferences {
  language: 'ko' | 'en' | null;
  /** An IANA name. */
  timezone: string | null;
  currency: 'USD' | 'KRW' | null;
  theme: 'light' | 'dark' | 'auto' | null;
  /** Whether single letters are keyboard shortcuts. */
  shortcuts: boolean;
}

type Role = 'platform_admin' | 'auditor' | 'team_admin' | 'member';

/** The answer of `GET /admin/me`. */
export interface Me {
  key_id: string;
  name: string;
  role: Role;
  roles: { role: Role; team_id: string | null; team_name: string | null }[];
  team: { id: string; name: string } | null;
  permissions: string[];
  auth: 'session' | 'key';
  session: { id: string; expires_at: string } | null;
  preferences: Preferences;
  settings: {
    timezone: string;
    currency: 'USD' | 'KRW';
    exchange_rate: { krw_per_usd: string; date: string } | null;
  };
  version: string;
}
