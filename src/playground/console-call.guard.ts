import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditRepository } from '../audit/audit.repository';
import { CallerIdentity } from '../auth/caller-identity.service';
import { type Caller, callerOf, type Scope } from '../common/caller';
import type { Revocation } from '../common/revocation';
import { ConsoleKeys } from '../keys/console-keys.service';
import { LimitsGuard } from '../limits/limits.guard';
import { PersonRevocation } from './person-revocation';
import { teamOf } from './playground-team';

const TAG = 'playground';
const TAGS_HEADER = 'x-gateway-tags';

/**
 * Makes a person's request a call of the key that pays for it: from here on it is like one under `/v1` with that key, limits
 * included. The call ends with that key, and with the person's key or session. The audit has who the person is.
 */
@Injectable()
export class ConsoleCallGuard implements CanActivate {
  constructor(
    private readonly keys: ConsoleKeys,
    private readonly identity: CallerIdentity,
    private readonly audit: AuditRepository,
    private readonly limits: LimitsGuard,
  ) {}

  /** @throws GatewayError `invalid_request` without a team; `not_found`; `forbidden`; `rate_limit_exceeded` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [person, scope] = [callerOf(request), request.scope ?? {}];
    const teamId = teamOf(request.query);
    const payer = await this.keys.callerFor(teamId, { caller: person, scope });
    request.caller = { ...payer, revocation: this.revocationOf(person, request.sessionId, payer) };
    request.paidByKey = true;
    await this.limits.canActivate(context);
    await this.record(request, person, scope);
    const { [TAGS_HEADER]: sent } = request.headers;
    request.headers[TAGS_HEADER] = sent === undefined ? TAG : `${String(sent)},${TAG}`;
    return true;
  }

  private revocationOf(person: Caller, sessionId: string | undefined, payer: Caller): Revocation {
    return new PersonRevocation(() => this.identity.isWorking(person, sessionId) && payer.revocation?.aborted !== true);
  }

  private async record({ id, caller }: FastifyRequest, person: Caller, scope: Scope): Promise<void> {
    const payer = caller?.keyId ?? null;
    const details = { request_id: id, team_id: caller?.teamId, role: person.role, own_key: scope.keyId !== undefined };
    await this.audit.record({ actor: person.keyId, action: 'playground.called', subject: payer, details });
  }
}
