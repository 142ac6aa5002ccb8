import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import { ChangeFeed } from '../../database/change-feed.service';
import type { Model } from '../../models/model';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { ShareBook } from './share-book';
import type { CacheScope } from './share';
import { SharesRepository } from './shares.repository';
import { oneAtATime } from '../../common/runtime/one-at-a-time';

/** The scope of each call, from memory: its team, or a share that an administrator has set up. */
@Injectable()
export class CacheScopes implements OnModuleInit {
  private readonly book = new ShareBook();
  private readonly reload = oneAtATime(async () => this.book.replace(await this.shares.list()));

  constructor(
    private readonly shares: SharesRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly providers: ProviderRegistry,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('shares', () => this.reload());
    await this.reload();
  }

  /** The scope of a caller's calls to a model. What a team's own key of a provider may pay for is for the team alone. */
  of({ teamId, cache: key }: Caller, { name, cache: model, deployments }: Model): CacheScope {
    const isOwn = key?.shared === false || model.shared === false || this.providers.hasOwnKey(teamId, deployments);
    const shared = isOwn ? undefined : this.book.scopeOf(teamId, name);
    return shared ?? { id: teamId };
  }
}
