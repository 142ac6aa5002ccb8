import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { PicoUsd } from '../common/money';
import { ChangeFeed } from '../database/change-feed.service';
import { CreditsRepository } from './credits.repository';
import { oneAtATime } from '../common/runtime/one-at-a-time';

/** The credit limits of prepaid teams, in memory, so that no call waits for the database. */
@Injectable()
export class CreditDirectory implements OnModuleInit {
  private limits: ReadonlyMap<string, PicoUsd> = new Map();
  private readonly reload = oneAtATime(async () => {
    this.limits = await this.repository.limits();
  });

  constructor(
    private readonly repository: CreditsRepository,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('credits', () => this.reload());
    await this.reload();
  }

  /** All credits of the team, less their expired parts; undefined if the team is not prepaid. */
  limitOf(teamId: string): PicoUsd | undefined {
    return this.limits.get(teamId);
  }

  prepaidTeams(): string[] {
    return [...this.limits.keys()];
  }
}
