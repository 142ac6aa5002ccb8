import { hash } from 'node:crypto';
import type { CacheScope, Share } from './share';

/** The scope of a share; a change of the share's members or models makes a new one. */
interface SharedScope extends CacheScope {
  ended: boolean;
  version: string;
  models: ReadonlySet<string> | null;
}

/** The shares in force, by team. A team is in at most one for each model. */
export class ShareBook {
  private scopes = new Map<string, SharedScope>();
  private byTeam = new Map<string, SharedScope[]>();
  private everyone: SharedScope[] = [];

  /** Replaces the shares in force. Ends the scope of each share whose members or models have changed. */
  replace(shares: readonly Share[]): void {
    const old = this.scopes;
    this.scopes = new Map();
    this.byTeam = new Map();
    this.everyone = [];
    for (const share of shares) {
      const before = old.get(share.id);
      const version = versionOf(share);
      this.put(share, before?.version === version ? before : newScope(share, version));
    }
    for (const [id, scope] of old) if (this.scopes.get(id) !== scope) scope.ended = true;
  }

  /** The scope of a team's share for a model; undefined where the team shares nothing. */
  scopeOf(teamId: string, model: string): CacheScope | undefined {
    if (this.scopes.size === 0) return undefined;
    return find(this.byTeam.get(teamId), model) ?? find(this.everyone, model);
  }

  private put(share: Share, scope: SharedScope): void {
    this.scopes.set(share.id, scope);
    if (share.all) this.everyone.push(scope);
    else for (const teamId of share.teamIds) this.byTeam.set(teamId, [...(this.byTeam.get(teamId) ?? []), scope]);
  }
}

function newScope({ id, models }: Share, version: string): SharedScope {
  return { id, ended: false, version, models: models && new Set(models) };
}

/** Equal on every replica for equal members and models. */
function versionOf({ all, teamIds, models }: Share): string {
  return hash('sha256', JSON.stringify([all, teamIds, models])).slice(0, 16);
}

function find(scopes: readonly SharedScope[] | undefined, model: string): SharedScope | undefined {
  return scopes?.find(({ models }) => models === null || models.has(model));
}
