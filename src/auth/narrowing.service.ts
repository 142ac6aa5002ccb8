import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller, Scope } from '../common/caller';
import { GatewayError } from '../common/errors';
import type { Reach } from '../common/permissions';
import type { Narrowing } from '../http/access.decorators';
import { noSuchKey } from '../keys/api-key';
import { KeysService } from '../keys/keys.service';
import { noSuchTeam } from '../teams/team';

type Members = Record<string, unknown>;

/**
 * Narrows requests to `/admin` to the caller's team or key. What belongs to another team is a 404, as if it did not exist.
 */
@Injectable()
export class NarrowingService {
  constructor(private readonly keys: KeysService) {}

  /** @throws GatewayError `forbidden` where the route cannot be narrowed; `not_found` for teams and keys out of reach */
  async apply(request: FastifyRequest, caller: Caller, reach: Reach, narrowedBy: Narrowing | undefined): Promise<void> {
    const { teamId, keyId } = caller;
    const scope: Scope = reach === 'all' ? {} : reach === 'team' ? { teamId } : { teamId, keyId };
    request.scope = scope;
    if (reach === 'all') return;
    if (narrowedBy === undefined) throw needsPlatform();
    const { id } = request.params as Members;
    if (narrowedBy === 'team' && id !== teamId) throw noSuchTeam(String(id));
    if (narrowedBy === 'key') await this.requireOwnKey(String(id), scope);
    if (narrowedBy === 'query') request.query = await this.narrowed(request.query as Members, scope);
    if (narrowedBy === 'body') {
      const body = await this.narrowed(request.body, scope);
      // Set by the caller, not by us: an empty body must stay an error.
      if (isMembers(request.body) && request.body.team_id === undefined) throw namesNoTeam(scope);
      request.body = body;
    }
  }

  /** The members with the ids of the scope; those that the caller sent must lie in it. */
  private async narrowed(members: unknown, scope: Scope): Promise<Members> {
    // What is no object is left to the contract, which refuses it.
    if (!isMembers(members)) return members as Members;
    const { team_id: team, key_id: key } = members;
    for (const id of idsIn(team)) if (id !== scope.teamId) throw noSuchTeam(id);
    for (const id of idsIn(key)) await this.requireOwnKey(id, scope);
    return { ...members, team_id: scope.teamId, ...(scope.keyId !== undefined && { key_id: scope.keyId }) };
  }

  private async requireOwnKey(id: string, scope: Scope): Promise<void> {
    if (scope.keyId !== undefined && id !== scope.keyId) throw noSuchKey(id);
    const key = await this.keys.show(id);
    if (key.teamId !== scope.teamId) throw noSuchKey(id);
  }
}

function needsPlatform(): GatewayError {
  const message = 'This covers all teams: it needs the role platform_admin, or auditor to read it.';
  return new GatewayError('forbidden', { message });
}

function namesNoTeam({ teamId }: Scope): GatewayError {
  const message = `'team_id' is required and must be '${teamId}': your role reaches this team only.`;
  return new GatewayError('invalid_request', { message, param: 'team_id' });
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The ids of a member, also of a list with commas. */
function idsIn(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((each) => (typeof each === 'string' ? each.split(',').map((id) => id.trim()) : []));
}
