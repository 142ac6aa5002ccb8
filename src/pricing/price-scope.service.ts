import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { GatewayConfig } from '../config/gateway-config';
import { TeamsService } from '../teams/teams.service';

/** Whether whom a price is for is there at all: a price with a slip of the pen would never be charged. */
@Injectable()
export class PriceScope {
  constructor(
    private readonly teams: TeamsService,
    private readonly config: GatewayConfig,
  ) {}

  /** @throws GatewayError `not_found` for an unknown team, `invalid_request` for an unknown provider */
  async check(teamId: string | null, provider: string | null): Promise<void> {
    if (teamId !== null) await this.teams.get(teamId);
    if (provider === null || Object.hasOwn(this.config.providers, provider)) return;
    throw new GatewayError('invalid_request', {
      message: `'provider': '${provider}' is not known. Known are ${Object.keys(this.config.providers).join(', ')}.`,
      param: 'provider',
    });
  }
}
