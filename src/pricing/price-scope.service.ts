import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { TeamsService } from '../teams/teams.service';

/** Checks that the team and the provider of a price exist: a price with a typo in either would never apply. */
@Injectable()
export class PriceScope {
  constructor(
    private readonly teams: TeamsService,
    private readonly providers: ProviderRegistry,
  ) {}

  /** @throws GatewayError `not_found` for an unknown team, `invalid_request` for an unknown provider */
  async check(teamId: string | null, provider: string | null): Promise<void> {
    if (teamId !== null) await this.teams.get(teamId);
    if (provider === null || this.providers.find(provider)) return;
    throw new GatewayError('invalid_request', {
      message: `'provider': '${provider}' is not known. Known are ${this.providers.names().join(', ')}.`,
      param: 'provider',
    });
  }
}
