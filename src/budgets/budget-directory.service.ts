import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../common/caller';
import { ChangeFeed } from '../database/change-feed.service';
import type { Budget } from './budget';
import { CreditDirectory } from '../credits/credit-directory.service';
import { KeysService } from '../keys/keys.service';
import { TeamsService } from '../teams/teams.service';
import { BudgetsRepository } from './budgets.repository';
import { oneAtATime } from '../common/runtime/one-at-a-time';

const NONE: readonly Budget[] = [];

/** All budgets in memory, by team and by key, so that a call needs no database query. */
@Injectable()
export class BudgetDirectory implements OnModuleInit {
  private byTeam = new Map<string, Budget[]>();
  private byKey = new Map<string, Budget[]>();
  /** By the id of a key: the id of the key that it replaced. */
  private predecessors = new Map<string, string>();
  /** By the id of a key: the id of the key that replaced it. */
  private successors = new Map<string, string>();
  /** The names of teams, also of deleted ones, by their ids. */
  private teamNames = new Map<string, string>();
  private readonly byCaller = new Map<string, readonly Budget[]>();
  private readonly reload = oneAtATime(() => this.readAll());

  constructor(
    private readonly repository: BudgetsRepository,
    private readonly credits: CreditDirectory,
    private readonly keys: KeysService,
    private readonly teams: TeamsService,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('budgets', () => this.reload());
    this.changeFeed.onChange('keys', () => this.reload());
    // The credit directory registered its listener earlier, so it has reloaded the credits before this runs.
    this.changeFeed.onChange('credits', () => Promise.resolve(this.byCaller.clear()));
    await this.reload();
  }

  /** The budgets that a call counts against. Returns the same array until a budget, a key or a credit changes. */
  of({ teamId, keyId }: Pick<Caller, 'teamId' | 'keyId'>): readonly Budget[] {
    const known = this.byCaller.get(keyId);
    if (known) return known;
    const creditPusd = this.credits.limitOf(teamId);
    const found = [
      ...(creditPusd === undefined ? [] : [creditBudget(teamId, creditPusd, this.teamNames.get(teamId))]),
      ...(this.byTeam.get(teamId) ?? NONE),
      ...chainFrom(keyId, this.predecessors).flatMap((id) => this.byKey.get(id) ?? NONE),
    ];
    const budgets = found.length === 0 ? NONE : found;
    this.byCaller.set(keyId, budgets);
    return budgets;
  }

  all(): Budget[] {
    return [...this.byTeam.values(), ...this.byKey.values()].flat();
  }

  /** The keys that replaced a key, one after the other: their calls count against its budgets. */
  successorsOf(keyId: string): string[] {
    return chainFrom(keyId, this.successors).slice(1);
  }

  private async readAll(): Promise<void> {
    const [budgets, successors] = [await this.repository.list(), await this.keys.successors()];
    const byTeam = new Map<string, Budget[]>();
    const byKey = new Map<string, Budget[]>();
    const keyNames = await this.keys.names(budgets.flatMap(({ keyId }) => keyId ?? []));
    this.teamNames = new Map((await this.teams.list({ deleted: true })).map(({ id, name }) => [id, name]));
    for (const budget of budgets) {
      const [map, names, id] =
        budget.keyId === null ? [byTeam, this.teamNames, budget.teamId] : [byKey, keyNames, budget.keyId];
      map.set(id, [...(map.get(id) ?? []), { ...budget, scopeName: names.get(id) }]);
    }
    this.byTeam = byTeam;
    this.byKey = byKey;
    this.successors = new Map(successors.map(({ id, replacedBy }) => [id, replacedBy]));
    this.predecessors = new Map(successors.map(({ id, replacedBy }) => [replacedBy, id]));
    this.byCaller.clear();
  }
}

/** The key and those that its links lead to, each once. */
function chainFrom(keyId: string, links: ReadonlyMap<string, string>): string[] {
  const chain = [keyId];
  for (let id = links.get(keyId); id !== undefined && !chain.includes(id); id = links.get(id)) chain.push(id);
  return chain;
}

/** The credits of a prepaid team are a budget without an end. */
function creditBudget(teamId: string, limitPusd: bigint, scopeName: string | undefined): Budget {
  return {
    scopeName,
    id: `credits_${teamId}`,
    teamId,
    keyId: null,
    limitPusd,
    window: 'total',
    timezone: 'UTC',
    action: 'block',
    downgradeTo: null,
    thresholds: [],
  };
}
