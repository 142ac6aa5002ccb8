import { Injectable } from '@nestjs/common';
import { KeysService } from '../keys/keys.service';
import { TeamsService } from '../teams/teams.service';

type Members = Readonly<Record<string, unknown>>;

/** The id of the administrator's key, which has no row. */
const ADMIN_KEY_ID = 'admin';

/**
 * Checks the ids of teams and keys that a request to `/admin` names, so that a typo in a filter is an error and not an empty
 * report. Deleted teams and revoked keys count: their calls stay readable.
 */
@Injectable()
export class NamedIds {
  constructor(
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
  ) {}

  /** @throws GatewayError `not_found` for an id that no team or key ever had */
  async check(query: unknown, body: unknown): Promise<void> {
    for (const members of [query, body].filter(isMembers)) {
      for (const id of idsIn(members.team_id)) await this.teams.show(id);
      for (const id of idsIn(members.key_id)) if (id !== ADMIN_KEY_ID) await this.keys.show(id);
    }
  }
}

/** The ids of a filter: one, or several with commas between them. Other values are left to the contract. */
function idsIn(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  const ids = value.split(',').map((id) => id.trim());
  return ids.filter((id) => /^[\x21-\x7e]{1,128}$/.test(id));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
