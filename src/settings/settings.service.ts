import { Injectable, type OnModuleInit } from '@nestjs/common';
import type * as contracts from '@thriftgate/contracts';
import type { Actor } from '../audit/seen-version';
import { oneAtATime } from '../common/runtime/one-at-a-time';
import { requireTimezone } from '../common/timezones';
import { ChangeFeed } from '../database/change-feed.service';
import { type CompanySettings, DEFAULT_SETTINGS } from './company-settings';
import { SettingsRepository } from './settings.repository';

/** The settings of the company, in memory; a change is there at once here, within a second on other replicas. */
@Injectable()
export class SettingsService implements OnModuleInit {
  private settings = DEFAULT_SETTINGS;
  private readonly reload = oneAtATime(async () => void (this.settings = await this.repository.read()));

  constructor(
    private readonly repository: SettingsRepository,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('settings', () => this.reload());
    await this.reload();
  }

  current(): CompanySettings {
    return this.settings;
  }

  /** @throws GatewayError `invalid_request` for an unknown time zone */
  async replace(settings: contracts.PutSettings, actor: Actor): Promise<CompanySettings> {
    requireTimezone(settings.timezone);
    const replaced = await this.repository.replace(settings, actor);
    await this.changeFeed.announce('settings');
    return replaced;
  }
}
