import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import { KeysService } from '../keys/keys.service';
import { TeamsService } from '../teams/teams.service';
import { ModelRegistry } from '../models/model-registry.service';
import type { Budget } from './budget';
import { type BudgetChanges, BudgetsRepository, type StoredBudget } from './budgets.repository';
import { isTimezone } from './window';

/** Whose budget is made. */
export type BudgetOwner = { teamId: string } | { keyId: string };

/** Makes and changes budgets. Unknown ids end in `not_found`, unknown models and time zones in `invalid_request`. */
@Injectable()
export class BudgetsService {
  constructor(
    private readonly repository: BudgetsRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
    private readonly models: ModelRegistry,
  ) {}

  async create(owner: BudgetOwner, settings: Omit<Budget, 'id' | 'teamId' | 'keyId'>): Promise<StoredBudget> {
    this.check(settings);
    const whose =
      'keyId' in owner
        ? { teamId: (await this.keys.get(owner.keyId)).teamId, keyId: owner.keyId }
        : { teamId: (await this.teams.get(owner.teamId)).id, keyId: null };
    const budget = await this.repository.insert({ id: newId('budget'), ...whose, ...settings });
    await this.changeFeed.announce('budgets');
    return budget;
  }

  list(filter: { teamId?: string | undefined; keyId?: string | undefined }): Promise<StoredBudget[]> {
    return this.repository.list(filter);
  }

  async get(id: string): Promise<StoredBudget> {
    const budget = await this.repository.find(id);
    if (!budget) throw noSuchBudget(id);
    return budget;
  }

  async update(id: string, changes: BudgetChanges): Promise<StoredBudget> {
    const before = await this.get(id);
    this.check({ ...before, ...changes });
    const budget = await this.repository.update(id, changes);
    if (!budget) throw noSuchBudget(id);
    await this.changeFeed.announce('budgets');
    return budget;
  }

  async delete(id: string): Promise<void> {
    if (!(await this.repository.delete(id))) throw noSuchBudget(id);
    await this.changeFeed.announce('budgets');
  }

  private check({ timezone, action, downgradeTo }: Pick<Budget, 'timezone' | 'action' | 'downgradeTo'>): void {
    if (!isTimezone(timezone)) {
      throw new GatewayError('invalid_request', {
        message: `'timezone': '${timezone}' is not known. Send an IANA name, as Asia/Seoul.`,
        param: 'timezone',
      });
    }
    if (action !== 'downgrade') return;
    if (downgradeTo === null || !this.models.resolve(downgradeTo)) {
      throw new GatewayError('invalid_request', {
        message: "'downgrade_to' must name a model that is served here. GET /v1/models lists them.",
        param: 'downgrade_to',
      });
    }
  }
}

function noSuchBudget(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no budget with the id '${id.slice(0, 100)}'.` });
}
