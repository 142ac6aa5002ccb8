import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/seen-version';
import type { Scope } from '../common/caller';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { requireTimezone } from '../common/timezones';
import { ChangeFeed } from '../database/change-feed.service';
import { noSuchKey } from '../keys/api-key';
import { KeysService } from '../keys/keys.service';
import { noSuchTeam } from '../teams/team';
import { TeamsService } from '../teams/teams.service';
import { ModelRegistry } from '../models/model-registry.service';
import type { Budget } from './budget';
import { isVisible, requireWritable } from './budget-scope';
import { type BudgetChanges, type BudgetsFilter, BudgetsRepository, type StoredBudget } from './budgets.repository';

/** The team or key of a new budget. */
export type BudgetOwner = { teamId: string } | { keyId: string };

/** Who changes a budget, and what their permission reaches. */
interface Change {
  actor: Actor;
  scope: Scope;
}

/** Creates and changes budgets. Throws `not_found` for an unknown id, `invalid_request` for an unknown model or time zone. */
@Injectable()
export class BudgetsService {
  constructor(
    private readonly repository: BudgetsRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly teams: TeamsService,
    private readonly keys: KeysService,
    private readonly models: ModelRegistry,
  ) {}

  async create(
    owner: BudgetOwner,
    settings: Omit<Budget, 'id' | 'teamId' | 'keyId'>,
    { actor, scope }: Change,
  ): Promise<StoredBudget> {
    requireTimezone(settings.timezone);
    this.checkDowngrade(settings);
    const teamAndKey = await this.ownerOf(owner, scope);
    requireWritable(teamAndKey, scope);
    const budget = await this.repository.insert({ id: newId('budget'), ...teamAndKey, ...settings }, actor);
    await this.changeFeed.announce('budgets');
    return budget;
  }

  list(filter: BudgetsFilter): Promise<StoredBudget[]> {
    return this.repository.list(filter);
  }

  async get(id: string, scope: Scope): Promise<StoredBudget> {
    const budget = await this.repository.find(id);
    if (!budget || !isVisible(budget, scope)) throw budgetNotFound(id);
    return budget;
  }

  async update(id: string, changes: BudgetChanges, { actor, scope }: Change): Promise<StoredBudget> {
    const before = await this.get(id, scope);
    requireWritable(before, scope);
    if (changes.timezone !== undefined) requireTimezone(changes.timezone);
    this.checkDowngrade({ ...before, ...changes });
    const budget = await this.repository.update(id, changes, actor);
    if (!budget) throw budgetNotFound(id);
    await this.changeFeed.announce('budgets');
    return budget;
  }

  async delete(id: string, { actor, scope }: Change): Promise<void> {
    requireWritable(await this.get(id, scope), scope);
    if (!(await this.repository.delete(id, actor))) throw budgetNotFound(id);
    await this.changeFeed.announce('budgets');
  }

  private async ownerOf(owner: BudgetOwner, scope: Scope): Promise<Pick<Budget, 'teamId' | 'keyId'>> {
    if ('keyId' in owner) {
      const { teamId } = await this.keys.get(owner.keyId);
      if (!isVisible({ teamId }, scope)) throw noSuchKey(owner.keyId);
      return { teamId, keyId: owner.keyId };
    }
    if (!isVisible(owner, scope)) throw noSuchTeam(owner.teamId);
    return { teamId: (await this.teams.get(owner.teamId)).id, keyId: null };
  }

  private checkDowngrade({ action, downgradeTo }: Pick<Budget, 'action' | 'downgradeTo'>): void {
    if (action !== 'downgrade') return;
    if (downgradeTo === null || !this.models.resolve(downgradeTo)) {
      throw new GatewayError('invalid_request', {
        message: `'downgrade_to' must name a model of this gateway.${downgradeTo === null ? '' : ` ${this.models.notFound(downgradeTo).message}`}`,
        param: 'downgrade_to',
      });
    }
  }
}

function budgetNotFound(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no budget with the id '${id.slice(0, 100)}'.` });
}
