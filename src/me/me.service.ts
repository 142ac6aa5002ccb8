import { Injectable } from '@nestjs/common';
import type { AdminMe, Preferences } from '@thriftgate/contracts';
import type { Caller } from '../common/caller';
import { permissionsOf } from '../common/permissions';
import { requireTimezone } from '../common/timezones';
import { VERSION } from '../common/version';
import { valuesOf } from '../settings/company-settings';
import { SettingsService } from '../settings/settings.service';
import { PLATFORM_TEAM_ID } from '../teams/team';
import { TeamsService } from '../teams/teams.service';
import { PreferencesRepository } from './preferences.repository';

/** The session of a request, and its latest end. */
export interface OwnSession {
  id: string;
  endsAt: Date;
}

const NOTHING_CHOSEN: Preferences = { language: null, timezone: null, currency: null, theme: null, shortcuts: true };

/** Says who a caller is, and keeps what they choose. */
@Injectable()
export class MeService {
  constructor(
    private readonly preferences: PreferencesRepository,
    private readonly settings: SettingsService,
    private readonly teams: TeamsService,
  ) {}

  async show(caller: Caller, session: OwnSession | undefined): Promise<AdminMe> {
    const { keyId, keyName, role } = caller;
    const team = await this.teamOf(caller);
    const isOfTeam = role === 'team_admin' || role === 'member';
    return {
      key_id: keyId,
      name: keyName ?? keyId,
      role,
      roles: [{ role, team_id: isOfTeam ? caller.teamId : null, team_name: isOfTeam ? (team?.name ?? null) : null }],
      team,
      permissions: permissionsOf(role),
      auth: session ? 'session' : 'key',
      session: session ? { id: session.id, expires_at: session.endsAt.toISOString() } : null,
      preferences: (await this.preferences.find(keyId)) ?? NOTHING_CHOSEN,
      settings: valuesOf(this.settings.current()),
      version: VERSION,
    };
  }

  /** @throws GatewayError `invalid_request` for an unknown time zone */
  async choose(caller: Caller, preferences: Preferences): Promise<Preferences> {
    if (preferences.timezone !== null) requireTimezone(preferences.timezone);
    await this.preferences.replace(caller, preferences);
    return preferences;
  }

  private async teamOf({ teamId }: Caller): Promise<AdminMe['team']> {
    if (teamId === PLATFORM_TEAM_ID) return null;
    const { id, name } = await this.teams.show(teamId);
    return { id, name };
  }
}
