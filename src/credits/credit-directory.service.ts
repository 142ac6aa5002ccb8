import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { PicoUsd } from '../common/money';
import { ChangeFeed } from '../database/change-feed.service';
import { CreditsRepository } from './credits.repository';

/** What prepaid teams may spend in all, in memory: a call waits for no database to know it. */
@Injectable()
export class CreditDirectory implements OnModuleInit {
  private limits: ReadonlyMap<string, PicoUsd> = new Map();

  constructor(
    private readonly repository: CreditsRepository,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('credits', () => this.reload());
    await this.reload();
  }

  /** All that the team was ever credited, less what expired; undefined where it is not prepaid. */
  limitOf(teamId: string): PicoUsd | undefined {
    return this.limits.get(teamId);
  }

  prepaidTeams(): string[] {
    return [...this.limits.keys()];
  }

  private async reload(): Promise<void> {
    this.limits = await this.repository.limits();
  }
}
